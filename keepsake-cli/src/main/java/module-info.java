/** The command line: thin shells over library calls. */
module dev.keepsake.cli {
    requires dev.keepsake.core;
    requires de.siegmar.fastcsv;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires org.jspecify;

    exports dev.keepsake.cli;
}

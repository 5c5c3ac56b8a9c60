/** What every store promises, as JUnit classes. */
module dev.keepsake.contract {
    requires jakarta.persistence;
    requires jakarta.validation;
    requires transitive dev.keepsake.core;
    requires transitive java.sql;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.platform.launcher;
    requires org.tukaani.xz;
    requires static org.jspecify;

    exports dev.keepsake.contract;

    opens dev.keepsake.contract to
            dev.keepsake.core,
            org.junit.platform.commons;

    provides org.junit.platform.launcher.LauncherSessionListener with
            dev.keepsake.contract.NoSkips;
    provides org.junit.platform.launcher.PostDiscoveryFilter with
            dev.keepsake.contract.StandIns;
    provides org.junit.platform.launcher.TestExecutionListener with
            dev.keepsake.contract.RowsListener,
            dev.keepsake.contract.StandIns;
}

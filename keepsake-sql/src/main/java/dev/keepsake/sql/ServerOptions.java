package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.store.StoreUrl;
import java.time.Duration;
import java.util.List;

/** Our own options of a server's URL, times in milliseconds; docs/connecting.md says what they mean. */
record ServerOptions(
        int minConnections,
        int maxConnections,
        int connectionWait,
        int connectTimeout,
        int idleTimeout,
        int maxLifetime,
        int statementTimeout,
        int socketTimeout,
        Duration closeWait) {
    static final List<String> NAMES = List.of(
            "minConnections",
            "maxConnections",
            "connectionWait",
            "connectTimeout",
            "idleTimeout",
            "maxLifetime",
            "statementTimeout",
            "socketTimeout",
            "closeWait");

    private static final int HOUR = 3_600_000;
    private static final int DAY = 24 * HOUR;
    /** What an answer may take longer than the statement, where only the statement is limited. */
    private static final int MARGIN = 5_000;

    static ServerOptions of(StoreUrl url) {
        int least = url.number("minConnections", 0, 0, 10_000);
        int most = url.number("maxConnections", 10, 1, 10_000);
        if (least > most) {
            throw Problem.MALFORMED_URL
                    .because("minConnections is %d, more than maxConnections, which is %d", least, most)
                    .fault();
        }
        int statementTimeout = url.number("statementTimeout", 0, 0, DAY);
        int silence = statementTimeout == 0 ? 0 : statementTimeout + MARGIN;
        return new ServerOptions(
                least,
                most,
                url.number("connectionWait", 5_000, 250, HOUR),
                url.number("connectTimeout", 5_000, 250, HOUR),
                url.number("idleTimeout", 600_000, 10_000, DAY),
                url.number("maxLifetime", 1_800_000, 30_000, DAY),
                statementTimeout,
                url.number("socketTimeout", silence, 1_000, DAY),
                Duration.ofMillis(url.number("closeWait", 5_000, 0, HOUR)));
    }
}

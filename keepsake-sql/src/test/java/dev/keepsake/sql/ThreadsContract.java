package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.Keepsake;
import dev.keepsake.contract.Row;
import dev.keepsake.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Many threads on few connections. */
abstract class ThreadsContract extends ServerContract {
    @Test
    @Row({"S2-51", "S2-57"})
    void thousandsOfThreadsTakeTurns() throws Exception {
        int threads = 5_000;
        try (Keepsake keepsake = opened(0, "maxConnections=8", "connectionWait=60000")) {
            List<Callable<Long>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String holder = "thread " + i;
                tasks.add(() -> keepsake.inTransaction(
                        session -> session.add(new Ticket(0, holder)).id()));
            }
            List<Long> ids = together(tasks);

            assertThat(ids).hasSize(threads).doesNotHaveDuplicates();
            assertThat(keepsake.query(Ticket.class).count()).isEqualTo(threads);
            assertThat(server(keepsake).pool().getHikariPoolMXBean().getTotalConnections())
                    .isLessThanOrEqualTo(8);
            assertThat(server(keepsake).held()).isZero();
        }
    }

    @Test
    @Row("S2-57")
    void whoHoldsTheOnlyConnectionDoesNotWaitForAnother() throws Exception {
        try (Keepsake keepsake = opened(0, "maxConnections=1", "connectionWait=30000")) {
            try (Session session = keepsake.session()) {
                assertThat(session.query(Ticket.class).count()).isZero();
                assertThat(session.add(new Ticket(0, "mine")).id()).isPositive();
                assertThat(keepsake.store().now()).isNotNull();
                session.commit();
            }
            List<Callable<Long>> tasks = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                tasks.add(() -> keepsake.inTransaction(session -> {
                    long before = session.query(Ticket.class).count();
                    session.add(new Ticket(0, "after " + before));
                    return before;
                }));
            }
            assertThat(together(tasks)).doesNotHaveDuplicates();
            assertThat(keepsake.query(Ticket.class).count()).isEqualTo(51);
        }
    }
}

package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.contract.Row;
import dev.keepsake.contract.TestServer;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.store.StoreUrl;
import dev.keepsake.value.Bytes;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What direct SQL does on every database server. */
abstract class ServerSqlContract extends SqlContract {
    static final Instant INSTANT = Instant.parse("2018-05-31T01:44:52.123456Z");

    /** In spring there is no half past two in many zones, of which this process may be in one. */
    private static final LocalDateTime NEVER = LocalDateTime.of(2026, 3, 29, 2, 30, 0, 123_456_000);

    /** A value of each of our types. */
    static final List<Object> VALUES = List.of(
            true,
            7L,
            1.5,
            new BigDecimal("1.5"),
            "x",
            Bytes.of(new byte[] {0, -1}),
            UUID.fromString("0190b5e4-7a5c-7b3e-8d1f-0123456789ab"),
            LocalDate.of(2018, 5, 31),
            LocalTime.of(1, 44, 52),
            NEVER,
            INSTANT);

    private final TestServer server;
    private final String url;

    ServerSqlContract(TestServer server) {
        this.server = server;
        this.url = server.freshSpace();
    }

    @AfterEach
    void drop() {
        server.drop(url);
    }

    @Override
    String url() {
        return url;
    }

    @Override
    String place() {
        return StoreUrl.parse(url).server(1).toString();
    }

    /** What the server says of a table that is not there. */
    abstract Map<String, Object> missing();

    @Test
    @Row("S2-11")
    void aMissingTableIsToldWithWhatTheServerSaysOfIt() {
        try (Sql sql = Sql.open(url)) {
            sql.execute("create table trainer (id integer primary key)");
            sql.commit();
            Fault fault = catchThrowableOfType(Fault.class, () -> sql.execute("SELECT * FROM trainers"));

            assertThat(fault.problem()).isEqualTo(Problem.UNKNOWN_KIND);
            assertThat(fault.facts())
                    .containsEntry("kind", "trainers")
                    .containsAllEntriesOf(missing())
                    .containsEntry("statement", "SELECT * FROM trainers");
            assertThat(fault.facts().get("store")).isNotNull();
            assertThat(fault.hint()).contains("did you mean trainer?");
        }
    }

    /** Creates table v with columns a, b, c and so on, and gives it values that it finds and gives back as they were. */
    static void areOurs(Sql sql, List<String> types, List<Object> values) {
        List<String> columns = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            char name = (char) ('a' + i);
            columns.add(name + " " + types.get(i));
            conditions.add(name + " = ?");
        }
        String marks = String.join(", ", Collections.nCopies(types.size(), "?"));
        sql.execute("create table v (" + String.join(", ", columns) + ")");
        sql.execute("insert into v values (" + marks + ")", values.toArray());

        assertThat(sql.execute("select * from v").one().orElseThrow().values()).isEqualTo(values);
        assertThat(sql.execute("select count(*) from v where " + String.join(" and ", conditions), values.toArray())
                        .one()
                        .orElseThrow()
                        .value(0))
                .isEqualTo(1L);
    }
}

package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@On("mariadb")
final class MariadbSqlTest extends SqlContract {
    private final TestServer server = Servers.mariadb();
    private final String url = server.freshSpace();

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

    @Override
    String generated() {
        return "integer auto_increment primary key";
    }

    @Override
    String bytes() {
        return "blob";
    }

    @Override
    boolean likeIgnoresCase() {
        return true;
    }

    @Override
    boolean createsInTransactions() {
        return false;
    }

    @Override
    boolean goesOnBehindFailures() {
        return true;
    }

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
                    .containsEntry("sqlstate", "42S02")
                    .containsEntry("code", 1146)
                    .containsEntry("statement", "SELECT * FROM trainers");
            assertThat(fault.facts().get("store")).isNotNull();
            assertThat(fault.hint()).contains("did you mean trainer?");
        }
    }

    /** In spring there is no half past two in many zones, of which this process may be in one. */
    private static final LocalDateTime NEVER = LocalDateTime.of(2026, 3, 29, 2, 30, 0, 123_456_000);

    @Test
    @Row({"S1-03", "S1-04"})
    void valuesOfItsTypesAreOursBothWays() {
        UUID uuid = UUID.fromString("0190b5e4-7a5c-7b3e-8d1f-0123456789ab");
        Instant instant = Instant.parse("2018-05-31T01:44:52.123456Z");
        LocalDate date = LocalDate.of(2018, 5, 31);
        LocalTime time = LocalTime.of(1, 44, 52);
        List<Object> values = List.of(
                true,
                7L,
                1.5,
                new BigDecimal("1.5"),
                "x",
                Bytes.of(new byte[] {0, -1}),
                uuid,
                date,
                time,
                NEVER,
                instant,
                2018L);
        try (Sql sql = Sql.open(url)) {
            sql.execute(
                    "create table v (a boolean, b smallint, c float, d decimal(5, 2), e varchar(5), f varbinary(5), g uuid,"
                            + " h date, i time, j datetime(6), k timestamp(6), l year)");
            sql.execute("insert into v values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values.toArray());

            assertThat(sql.execute("select * from v").one().orElseThrow().values())
                    .isEqualTo(values);
            assertThat(sql.execute(
                                    "select count(*) from v where a = ? and b = ? and c = ? and d = ? and e = ? and f = ? and g = ?"
                                            + " and h = ? and i = ? and j = ? and k = ? and l = ?",
                                    values.toArray())
                            .one()
                            .orElseThrow()
                            .value(0))
                    .isEqualTo(1L);
            assertThat(sql.execute("select cast('123:45:06' as time)")
                            .one()
                            .orElseThrow()
                            .value(0))
                    .isEqualTo("123:45:06");
        }
    }

    @Test
    void theIdIsThatOfTheColumnThatTheServerCounts() {
        try (Sql sql = Sql.open(url)) {
            sql.execute("create table a (n integer, id bigint auto_increment primary key) auto_increment = 40");
            sql.execute("create table b (n integer)");

            assertThat(sql.execute("insert into a (n) values (?)", 7).generatedId())
                    .contains(40L);
            assertThat(sql.execute("insert into b (n) values (?)", 7).generatedId())
                    .isEmpty();
        }
    }

    @Test
    @Row("S1-10")
    void quotesWithBackslashesHideNoParameters() {
        try (Sql sql = Sql.open(url)) {
            assertThat(sql.execute("select 'it\\'s :a ?', \"\\\"?\", :a # :b", Map.of("a", "it\\'s"))
                            .one()
                            .orElseThrow()
                            .values())
                    .containsExactly("it's :a ?", "\"?", "it\\'s");
        }
    }

    @Test
    @Row("S1-21")
    void aNewTableCommitsWhatWasBeforeIt() {
        try (Sql sql = Sql.open(url)) {
            sql.execute("insert into people (name) values ('Jim')");
            assertThat(sql.toString()).endsWith("1 statement not committed");
            sql.execute("create table trainer (id integer primary key)");
            assertThat(sql.toString()).endsWith("  open");
        }
    }
}

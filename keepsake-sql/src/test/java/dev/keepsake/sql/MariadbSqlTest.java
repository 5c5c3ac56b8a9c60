package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@On("mariadb")
final class MariadbSqlTest extends ServerSqlContract {
    MariadbSqlTest() {
        super(Servers.mariadb());
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

    @Override
    Map<String, Object> missing() {
        return Map.of("sqlstate", "42S02", "code", 1146);
    }

    @Test
    @Row({"S1-03", "S1-04"})
    void valuesOfItsTypesAreOursBothWays() {
        List<Object> values = new ArrayList<>(VALUES);
        values.add(2018L);
        try (Sql sql = Sql.open(url())) {
            areOurs(
                    sql,
                    List.of(
                            "boolean",
                            "smallint",
                            "float",
                            "decimal(5, 2)",
                            "varchar(5)",
                            "varbinary(5)",
                            "uuid",
                            "date",
                            "time",
                            "datetime(6)",
                            "timestamp(6)",
                            "year"),
                    values);
            assertThat(sql.execute("select cast('123:45:06' as time)")
                            .one()
                            .orElseThrow()
                            .value(0))
                    .isEqualTo("123:45:06");
        }
    }

    @Test
    void theIdIsThatOfTheColumnThatTheServerCounts() {
        try (Sql sql = Sql.open(url())) {
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
        try (Sql sql = Sql.open(url())) {
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
        try (Sql sql = Sql.open(url())) {
            sql.execute("insert into people (name) values ('Jim')");
            assertThat(sql.toString()).endsWith("1 statement not committed");
            sql.execute("create table trainer (id integer primary key)");
            assertThat(sql.toString()).endsWith("  open");
        }
    }
}

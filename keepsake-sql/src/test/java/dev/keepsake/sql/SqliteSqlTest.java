package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@On("sqlite")
final class SqliteSqlTest extends SqlContract {
    @TempDir
    Path folder;

    @Override
    String url() {
        return "sqlite:" + folder.resolve("people.db");
    }

    @Override
    String place() {
        return folder.resolve("people.db").toString();
    }

    @Override
    String generated() {
        return "integer primary key";
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
        return true;
    }

    @Override
    boolean goesOnBehindFailures() {
        return true;
    }

    @Test
    @Row("S1-01")
    void openingCreatesTheFileAtTheLatestWithTheFirstWrite() {
        Path fresh = folder.resolve("fresh");
        assertThat(fresh.toFile().mkdir()).isTrue();
        try (Sql sql = Sql.open("sqlite:" + fresh.resolve("a.db"))) {
            sql.execute("create table a (b integer)");
            sql.commit();
        }

        assertThat(fresh).isDirectoryContaining(Files::isRegularFile);
    }

    @Test
    @Row("S1-02")
    void twoDatabasesInMemoryAreTwo() {
        try (Sql one = Sql.open("sqlite::memory:");
                Sql other = Sql.open("sqlite::memory:")) {
            one.execute("create table a (b integer)");
            one.commit();

            assertThat(one.tableNames()).containsExactly("a");
            assertThat(other.tableNames()).isEmpty();
        }
    }

    @Test
    @Row("S1-04")
    void columnsOfDatesAreConvertedOnlyWhenAsked() {
        try (Sql sql = Sql.open(url())) {
            sql.execute("create table d (born date, at timestamp, seen datetime(3), odd colour)");
            sql.execute(
                    "insert into d values (?, ?, ?, ?)",
                    "2018-05-31",
                    "2018-05-31 01:44:52.123456",
                    "2018-05-31T01:44:52",
                    "2018-05-31");

            assertThat(sql.execute("select * from d").one().orElseThrow().values())
                    .containsExactly("2018-05-31", "2018-05-31 01:44:52.123456", "2018-05-31T01:44:52", "2018-05-31");
            assertThat(sql.converting(true)
                            .execute("select * from d")
                            .one()
                            .orElseThrow()
                            .values())
                    .containsExactly(
                            LocalDate.of(2018, 5, 31),
                            LocalDateTime.of(2018, 5, 31, 1, 44, 52, 123_456_000),
                            LocalDateTime.of(2018, 5, 31, 1, 44, 52),
                            "2018-05-31");
            assertThat(sql.converting(false)
                            .execute("select born from d")
                            .one()
                            .orElseThrow()
                            .value(0))
                    .isEqualTo("2018-05-31");
        }
    }
}

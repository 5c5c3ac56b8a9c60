package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.contract.TestServer;
import dev.keepsake.fault.Problem;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** A data source of the user's own, as a store. */
abstract class DataSourceContract {
    record Pet(@Id @GeneratedValue Long id, String name) {}

    /** A server, and the statement that shows its session's settings. */
    abstract TestServer server();

    abstract String settings();

    private HikariDataSource pool(String url) {
        String database = url.substring(url.lastIndexOf('/') + 1);
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(server().jdbcUrl(database));
        pool.setUsername(server().user());
        pool.setPassword(server().password());
        pool.setMaximumPoolSize(2);
        return pool;
    }

    private String settings(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                ResultSet rows = connection.createStatement().executeQuery(settings())) {
            rows.next();
            return rows.getString(1) + connection.getAutoCommit();
        }
    }

    @Test
    void objectsAreKeptThroughItAndItsConnectionsComeBackAsTheyWere() throws SQLException {
        String url = server().newDatabase();
        try (HikariDataSource pool = pool(url)) {
            String before = settings(pool);
            try (Keepsake keepsake = Keepsake.on(SqlStores.of(pool), Codecs.of(Pet.class))) {
                keepsake.createAll();
                keepsake.useTransaction(session -> session.add(new Pet(null, "Tom")));

                assertThat(keepsake.query(Pet.class).list())
                        .extracting(Pet::name)
                        .containsExactly("Tom");
                assertThat(keepsake.info().toString())
                        .startsWith(server().scheme())
                        .contains(String.valueOf(server().port()))
                        .doesNotContain(server().password());
            }
            assertThat(settings(pool)).isEqualTo(before);
            assertThat(pool.isClosed()).isFalse();
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        } finally {
            server().drop(url);
        }
    }

    @Test
    void aTransactionOfTheUsersOwnIsJoinedAndTheConnectionIsLeftAsItWas() throws SQLException {
        String url = server().newDatabase();
        try (HikariDataSource pool = pool(url);
                Keepsake keepsake = Keepsake.on(SqlStores.of(pool), Codecs.of(Pet.class))) {
            keepsake.createAll();
            String before = settings(pool);
            try (Connection theirs = pool.getConnection()) {
                theirs.setAutoCommit(false);
                try (var session = keepsake.joining(theirs)) {
                    session.add(new Pet(null, "Jerry"));
                    session.commit();
                }
                theirs.commit();
                theirs.setAutoCommit(true);
            }
            assertThat(settings(pool)).isEqualTo(before);
            assertThat(keepsake.query(Pet.class).count()).isEqualTo(1);
        } finally {
            server().drop(url);
        }
    }

    @Test
    void aConnectionThatCommitsByItselfIsNoTransactionToJoin() throws SQLException {
        String url = server().newDatabase();
        try (HikariDataSource pool = pool(url);
                Keepsake keepsake = Keepsake.on(SqlStores.of(pool), Codecs.of(Pet.class));
                Connection theirs = pool.getConnection()) {
            Raw.refused(Problem.REQUEST_INVALID, () -> {
                try (var session = keepsake.joining(theirs)) {
                    session.find(Pet.class, 1L);
                }
            });
        } finally {
            server().drop(url);
        }
    }
}

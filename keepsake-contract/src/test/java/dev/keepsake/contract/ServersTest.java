package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ServersTest {
    enum Which {
        POSTGRESQL,
        MARIADB;

        TestServer shared() {
            return switch (this) {
                case POSTGRESQL -> Servers.postgresql();
                case MARIADB -> Servers.mariadb();
            };
        }

        TestServer started() {
            return switch (this) {
                case POSTGRESQL -> Servers.startPostgresql();
                case MARIADB -> Servers.startMariadb();
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSharedServerAnswersAndSaysWhatItIs(Which which) throws SQLException {
        TestServer server = which.shared();
        String url = server.newDatabase();
        try (Connection connection = server.connect(url)) {
            assertThat(number(connection, "select 1")).isEqualTo(1);
        }
        assertThat(server.version()).containsIgnoringCase(which.name()).matches(".*\\d+\\.\\d+.*");
        assertThat(which.shared()).isSameAs(server);
        server.drop(url);
        assertThatThrownBy(() -> server.connect(url).close()).isInstanceOf(SQLException.class);
    }

    @ParameterizedTest
    @EnumSource
    void twoFreshSpacesDoNotSeeEachOther(Which which) throws SQLException {
        TestServer server = which.shared();
        String one = server.freshSpace();
        String other = server.freshSpace();
        try (Connection in = server.connect(one);
                Connection there = server.connect(other)) {
            execute(in, "create table things (id integer)");
            execute(in, "insert into things values (1)");
            execute(there, "create table things (id integer)");
            assertThat(number(in, "select count(*) from things")).isEqualTo(1);
            assertThat(number(there, "select count(*) from things")).isZero();
        }
        server.drop(one);
        try (Connection there = server.connect(other)) {
            assertThat(number(there, "select count(*) from things")).isZero();
        }
        server.drop(other);
    }

    @ParameterizedTest
    @EnumSource
    void aKilledServerHasItsCommittedRowsWhenItIsStartedAgain(Which which) throws SQLException {
        try (TestServer server = which.started()) {
            String url = server.freshSpace();
            int port = server.port();
            try (Connection connection = server.connect(url)) {
                execute(connection, "create table things (id integer)");
                execute(connection, "insert into things values (1), (2)");
                connection.setAutoCommit(false);
                execute(connection, "insert into things values (3)");
                server.kill();
                assertThatThrownBy(() -> number(connection, "select 1")).isInstanceOf(SQLException.class);
            }
            assertThatThrownBy(() -> server.connect(url).close()).isInstanceOf(SQLException.class);
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            try (Connection connection = server.connect(url)) {
                assertThat(number(connection, "select count(*) from things")).isEqualTo(2);
            }
            server.drop(url);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSharedServerIsNotKilledByOneTest(Which which) {
        TestServer server = which.shared();
        assertThatThrownBy(server::kill).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(server::restart).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(server::close).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aUrlEscapesThePassword() {
        String url = Servers.postgresql().freshSpace();
        assertThat(Servers.postgresql().password()).isEqualTo("p@ss:w/rd?#");
        assertThat(URI.create(url).getRawUserInfo()).isEqualTo("keepsake:p%40ss%3Aw%2Frd%3F%23");
        Servers.postgresql().drop(url);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }
}

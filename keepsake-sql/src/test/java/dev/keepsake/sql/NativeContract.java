package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Ref;
import dev.keepsake.contract.Row;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.session.Session;
import jakarta.persistence.Column;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is done beside Keepsake in a session's transaction, by JDBC and jOOQ, and how its rows come back as objects. */
abstract class NativeContract {
    record Project(String id, String license) {}

    record Edition(
            long id,
            Ref<Project> project,
            int major,
            @Nullable Instant created,
            @Column(precision = 12, scale = 2) @Nullable BigDecimal price,
            @Nullable LocalDate day,
            boolean yanked,
            @Nullable UUID token,
            List<String> tags) {}

    private static final Edition FULL = new Edition(
            1,
            Ref.of(Project.class, "boto"),
            2,
            Instant.parse("2018-07-11T20:33:31.250Z"),
            new BigDecimal("12.5"),
            LocalDate.of(2018, 7, 11),
            true,
            UUID.fromString("0190b7a4-5b1c-7000-8000-000000000001"),
            List.of("a", "b"));
    private static final Edition EMPTY =
            new Edition(2, Ref.of(Project.class, "boto"), 0, null, null, null, false, null, List.of());

    private Keepsake keepsake;

    /** The database, which is empty at the begin of each test. */
    abstract String url();

    /** A connection to it that is not Keepsake's. */
    abstract Connection connect() throws SQLException;

    @BeforeEach
    void open() {
        keepsake = Keepsake.open(url(), Project.class, Edition.class);
        keepsake.createAll();
        keepsake.useTransaction(session -> session.addAll(List.of(new Project("boto", "MIT"), FULL, EMPTY)));
    }

    @AfterEach
    void close() {
        keepsake.close();
    }

    @Test
    @Row("S1-41")
    void rowsOfJdbcAreObjectsOfTheSession() {
        keepsake.useTransaction(session -> {
            Connection connection = session.transaction().unwrap(Connection.class);
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select * from edition order by id")) {
                List<Edition> found = session.decode(Edition.class, rows);
                assertThat(found).containsExactly(FULL, EMPTY);
                assertThat(session.get(Edition.class, 1L)).isSameAs(found.getFirst());
                assertThat(found.getFirst().project().get().license()).isEqualTo("MIT");
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    @Row("S1-41")
    void jooqWritesAndReadsInTheSessionsTransactionAndItsRecordsAreObjects() {
        assertThatThrownBy(() -> keepsake.useTransaction(session -> {
                    jooq(session);
                    throw new IllegalStateException("stop");
                }))
                .hasMessage("stop");
        assertThat(keepsake.query(Edition.class).count()).isEqualTo(2);

        keepsake.useTransaction(NativeContract::jooq);
        assertThat(keepsake.get(Edition.class, 3L).major()).isEqualTo(7);
    }

    /** An object, then jOOQ over it, then what jOOQ found as an object again. */
    private static void jooq(Session session) {
        session.add(new Edition(3, Ref.of(Project.class, "boto"), 3, null, null, null, false, null, List.of()));
        DSLContext sql = session.transaction().unwrap(DSLContext.class);
        assertThat(sql.fetchCount(DSL.table("edition"))).isEqualTo(3);
        Result<Record> rows = sql.select()
                .from("edition")
                .where(DSL.field("major", Integer.class).ge(2))
                .orderBy(DSL.field("id"))
                .fetch();
        List<Edition> found = session.decode(Edition.class, rows);
        assertThat(found).extracting(Edition::id).containsExactly(1L, 3L);
        assertThat(found.getFirst()).isEqualTo(FULL);
        assertThat(session.decode(Edition.class, rows.getFirst())).containsExactly(FULL);
        Edition last = found.getLast();
        session.put(new Edition(3, last.project(), 7, null, null, null, false, null, List.of()));
    }

    @Test
    void columnsAreFoundByTheirNamesInAnyOrderAndMoreOfThemDoNoHarm() {
        keepsake.useTransaction(session -> {
            DSLContext sql = session.transaction().unwrap(DSLContext.class);
            assertThat(session.decode(
                            Project.class,
                            sql.fetch("select count(*) as editions, p.LICENSE, p.ID from project p"
                                    + " join edition r on r.project_id = p.id group by p.id")))
                    .containsExactly(new Project("boto", "MIT"));
        });
    }

    @Test
    void rowsThatAreNoneOfTheKindAreRefused() {
        keepsake.useTransaction(session -> {
            DSLContext sql = session.transaction().unwrap(DSLContext.class);
            assertThat(refused(session, sql.fetch("select id from project")).sentence())
                    .isEqualTo("the rows lack license of kind project");
            assertThat(refused(session, "boto").sentence()).contains("java.lang.String is no row of this store");
            assertThat(refused(session, List.of("boto")).problem()).isEqualTo(Problem.REQUEST_INVALID);
            assertThat(refused(session, sql.fetch("select 'x' as license, p.id, r.id from project p, edition r"))
                            .problem())
                    .isEqualTo(Problem.AMBIGUOUS_NAME);
        });
    }

    @Test
    void oneConnectionIsJoinedByOneSessionAtATime() throws SQLException {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            try (Session one = keepsake.joining(connection)) {
                one.add(new Project("one", "MIT"));
                one.flush();
                assertThat(catchThrowableOfType(Fault.class, () -> {
                                    try (Session other = keepsake.joining(connection)) {
                                        other.find(Project.class, "boto");
                                    }
                                })
                                .problem())
                        .isEqualTo(Problem.REQUEST_INVALID);
                one.commit();
            }
            try (Session two = keepsake.joining(connection)) {
                two.add(new Project("two", "MIT"));
                two.flush();
                two.rollback();
            }
            connection.commit();
        }
        assertThat(keepsake.query(Project.class).orderBy("id").list())
                .extracting(Project::id)
                .containsExactly("boto", "one");
    }

    private static Fault refused(Session session, Object rows) {
        return catchThrowableOfType(Fault.class, () -> session.decode(Project.class, rows));
    }
}

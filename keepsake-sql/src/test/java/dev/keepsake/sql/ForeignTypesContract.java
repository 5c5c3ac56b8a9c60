package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.TestServer;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Columns that others declared on a server: what each native type is, and what of its values does not fit. The cases are the
 * server's own: {@code natives} are declared, literal, our type, its value (null where only its bytes are told), a value to
 * write (null for that which was read), and what the database then shows; {@code cut} are declared, and a value.
 */
abstract class ForeignTypesContract {
    final RawServer raw;

    ForeignTypesContract(TestServer server) {
        raw = RawServer.space(server);
    }

    @AfterEach
    void drop() {
        raw.close();
    }

    /** An enumeration of very happy, sad and ok, whose own order is not that of their texts. */
    abstract String mood();

    /** What tells exactly what column v holds. */
    abstract String exactly();

    /** What shows what column v holds, blanks at the end of a padded one aside. */
    abstract String shown();

    /** What is written before values are inserted that the database would else refuse. */
    List<String> lenient() {
        return List.of();
    }

    Guarded column(String declared, String... literals) {
        raw.run("create table t (id int primary key, v " + declared + ", other int)");
        for (int i = 0; i < literals.length; i++) {
            raw.run(Stream.concat(
                            lenient().stream(),
                            Stream.of("insert into t values (" + (i + 1) + ", " + literals[i] + ", 0)"))
                    .toArray(String[]::new));
        }
        return raw.open();
    }

    static Object[] of(Object... values) {
        return values;
    }

    private static State first(Guarded store, Kind kind) {
        return Raw.all(store, kind).stream()
                .filter(state -> state.get("id").equals(1L))
                .findFirst()
                .orElseThrow();
    }

    private static void update(Guarded store, Kind kind, State changed, List<String> fields, Guard guard) {
        store.write(transaction -> transaction.write(Changeset.of(new Changeset.Update(kind, changed, fields, guard))));
    }

    @ParameterizedTest
    @MethodSource("natives")
    void aNativeTypeIsReadWrittenAndLeftAlone(
            String declared, String literal, String type, Object value, Object written, String text) {
        try (Guarded store = column(declared, literal)) {
            String asItIs = "select " + exactly() + " from t where id = ";
            String before = raw.rows(asItIs + 1).getFirst();
            Kind kind = Raw.kind(store, "t");
            assertThat(kind.field("v").orElseThrow().type().toString()).isEqualTo(type);
            // a driver may read otherwise once it has prepared a statement on the server
            for (int i = 0; value != null && i < 8; i++) {
                assertThat(first(store, kind).get("v")).isEqualTo(value);
            }
            State loaded = first(store, kind);

            update(
                    store,
                    kind,
                    Raw.state(kind, "id", 1L, "other", 1L),
                    List.of("other"),
                    Guard.of(loaded, List.of("v", "other")));
            assertThat(raw.rows(asItIs + 1)).containsExactly(before);

            Object second = written == null ? loaded.get("v") : written;
            Raw.insert(store, kind, Raw.state(kind, "id", 2L, "v", second), Raw.state(kind, "id", 3L, "v", null));
            if (!text.equals("geometry")) {
                assertThat(raw.rows("select " + shown() + " from t where id > 1 order by id"))
                        .containsExactly(text, "null");
            }
            assertThat(Raw.values(store, kind, "v", Term.of("id").eq(2L))).containsExactly(second);
            update(store, kind, Raw.state(kind, "id", 1L, "v", second), List.of("v"), Guard.of(loaded, List.of("v")));
            assertThat(Raw.values(store, kind, "v", Term.of("id").eq(1L))).containsExactly(second);
            assertThat(raw.rows(asItIs + 1)).isEqualTo(raw.rows(asItIs + 2));
            assertThat(Raw.values(store, kind, "id", Term.of("v").isNull())).containsExactly(3L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").eq(second), "id"))
                    .containsExactly(1L, 2L);
            if (!type.startsWith("list")) {
                assertThat(Raw.values(store, kind, "id", Term.of("v").isNull().not(), "-v", "id"))
                        .containsExactly(1L, 2L);
            }
        }
    }

    /**
     * A value that is none of ours is corrupt, with its place, and stays as it is.
     *
     * @param was what is told of it; null where it is read
     */
    void isCorrupt(String declared, String literal, String was) {
        try (Guarded store = column(declared, "null", literal)) {
            String asItIs = "select " + exactly() + " from t where id = 2";
            String before = raw.rows(asItIs).getFirst();
            Kind kind = Raw.kind(store, "t");
            for (int i = 0; was != null && i < 7; i++) {
                Fault fault = Raw.refused(Problem.STATE_UNDECODABLE, () -> Raw.all(store, kind));
                assertThat(fault.facts().get("at")).asString().contains("t/2", "$.v");
                assertThat(fault.sentence()).contains(was);
            }

            Kind without = Kind.named("t")
                    .required("id", kind.field("id").orElseThrow().type())
                    .id("id")
                    .build();
            assertThat(Raw.values(store, without, "id", Condition.all(), "id")).containsExactly(1L, 2L);
            update(
                    store,
                    kind,
                    Raw.state(kind, "id", 2L, "other", 1L),
                    List.of("other"),
                    new Guard(Map.of("other", 0L)));
            assertThat(raw.rows(asItIs)).containsExactly(before);
            assertThat(raw.rows("select other from t where id = 2")).containsExactly("1");
        }
    }

    @ParameterizedTest
    @MethodSource("cut")
    void whatTheDatabaseWouldChangeWithoutAWordIsRefused(String declared, Object value) {
        try (Guarded store = column(declared)) {
            Kind kind = Raw.kind(store, "t");

            Fault fault = Raw.refused(
                    Problem.VALUE_REFUSED, () -> Raw.insert(store, kind, Raw.state(kind, "id", 1L, "v", value)));
            assertThat(fault.facts()).containsKey("at");
            assertThat(raw.rows("select * from t")).isEmpty();
        }
    }

    @Test
    void anEnumerationIsComparedAndSortedAsText() {
        try (Guarded store = column(mood(), "'very happy'", "'sad'", "'ok'", "null")) {
            Kind kind = Raw.kind(store, "t");

            assertThat(Raw.values(store, kind, "v", Condition.all(), "v"))
                    .containsExactly(null, "ok", "sad", "very happy");
            assertThat(Raw.values(store, kind, "v", Term.of("v").gt("ok"), "-v"))
                    .containsExactly("very happy", "sad");
            assertThat(Raw.values(store, kind, "v", Term.of("v").eq("glad"))).isEmpty();
            assertThat(Raw.values(store, kind, "v", Term.of("v").in("glad", "ok")))
                    .containsExactly("ok");
            assertThat(Raw.values(store, kind, "v", Term.of("v").contains("happy")))
                    .containsExactly("very happy");
            assertThat(Raw.values(store, kind, "id", Term.of("v").eq("sad").not(), "id"))
                    .containsExactly(1L, 3L, 4L);
        }
    }

    /** A collation without capitals decides equality and order, but not matching, nor what a guard compares. */
    void decides(String declared, String collation, String fourth) {
        try (Guarded store = column(declared + " collate " + collation, "'Bob'", "'bob'", "'BOBBY'", fourth)) {
            Kind kind = Raw.kind(store, "t");

            assertThat(kind.field("v").orElseThrow().collation()).isEqualTo(collation);
            assertThat(Raw.values(store, kind, "id", Term.of("v").eq("bOB"), "id"))
                    .containsExactly(1L, 2L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").gt("BOB"))).containsExactly(3L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").startsWith("Bo")))
                    .containsExactly(1L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").contains("OB")))
                    .containsExactly(3L);
            assertThat(Raw.values(store, kind, "id", Term.of("v").like("b%"))).containsExactly(2L);
            Raw.refused(
                    Problem.STALE_OBJECT,
                    () -> update(
                            store,
                            kind,
                            Raw.state(kind, "id", 1L, "v", "x"),
                            List.of("v"),
                            new Guard(Map.of("v", "BOB"))));
            assertThat(raw.rows("select v from t where id = 1")).containsExactly("Bob");
        }
    }
}

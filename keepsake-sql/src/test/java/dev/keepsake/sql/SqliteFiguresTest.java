package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.query.Aggregation;
import dev.keepsake.query.Aggregation.Function;
import dev.keepsake.query.Aggregation.Measure;
import dev.keepsake.query.Change;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import dev.keepsake.value.Id;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums that are ordered and asked for as numbers, and requests larger than one expression of SQLite. */
@On("sqlite")
final class SqliteFiguresTest {
    @TempDir
    java.nio.file.Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"decimal_integer(12,2)", "decimal_text(30,2)", "numeric(12,2)"})
    void sumsOfDecimalsAreOrderedAndComparedAsNumbers(String declared) {
        Raw raw = Raw.in(folder).run("create table t (id integer primary key, g text, v " + declared + ")");
        try (Guarded store = raw.open()) {
            Kind kind = Raw.kind(store, "t");
            List<State> states = new ArrayList<>();
            String[] amounts = {"9", "10", "100", "-20.5"};
            for (int i = 0; i < amounts.length; i++) {
                states.add(Raw.state(kind, "id", i + 1L, "g", amounts[i], "v", new BigDecimal(amounts[i])));
            }
            Raw.insert(store, kind, states.toArray(State[]::new));
            Aggregation sums = Aggregation.of(kind, new Measure("sum", Function.SUM, Path.of("v")))
                    .by("g");

            assertThat(groups(store, sums.orderBy(Term.of("sum").asc()))).containsExactly("-20.5", "9", "10", "100");
            assertThat(groups(store, sums.having(Term.of("sum").gt(9L)))).containsExactly("10", "100");
            assertThat(groups(store, sums.having(Term.of("sum").eq(new BigDecimal("-20.50")))))
                    .containsExactly("-20.5");
            Aggregation total = Aggregation.of(kind, new Measure("sum", Function.SUM, Path.of("v")));
            assertThat(store.<List<State>>read(
                                    transaction -> transaction.aggregate(total).list())
                            .getFirst()
                            .at(0))
                    .isEqualTo(new BigDecimal("98.5"));
        }
    }

    private static List<String> groups(Guarded store, Aggregation aggregation) {
        return store.read(transaction -> transaction.aggregate(aggregation).list(state -> String.valueOf(state.at(0))));
    }

    @Test
    void severalChangesInsideOneFieldAreAllMade() {
        Kind kind = Kind.named("t")
                .required("id", Type.INTEGER)
                .id("id")
                .field("tags", Type.ANY)
                .build();
        try (Guarded store = Stores.open("sqlite:" + folder.resolve("changes.db"))) {
            store.createAll(Schema.of(List.of(kind)));
            Raw.insert(store, kind, Raw.state(kind, "id", 1L, "tags", Map.of("z", 0L)));

            store.write(transaction -> transaction.write(Changeset.of(new Changeset.UpdateWhere(
                    kind,
                    Term.of("id").eq(1L),
                    List.of(
                            new Change.Set(Path.parse("tags.a"), 1L),
                            new Change.Set(Path.parse("tags.b"), 2L),
                            new Change.Increment(Path.parse("tags.z"), 5L))))));

            assertThat(Raw.all(store, kind).getFirst().get("tags")).isEqualTo(Map.of("a", 1L, "b", 2L, "z", 5L));
        }
    }

    @Test
    void manyIdsAreFoundInOneRequest() {
        Kind pairs = Kind.named("pairs")
                .required("a", Type.INTEGER)
                .required("b", Type.TEXT)
                .id("a", "b")
                .build();
        Kind singles = Kind.named("singles").required("id", Type.TEXT).id("id").build();
        try (Guarded store = Stores.open("sqlite:" + folder.resolve("many.db"))) {
            store.createAll(Schema.of(List.of(pairs, singles)));
            Raw.insert(store, pairs, Raw.state(pairs, "a", 7L, "b", "x"));
            Raw.insert(store, singles, Raw.state(singles, "id", "id 39999"));
            List<Object> tuples = new ArrayList<>();
            for (long i = 0; i < 3_000; i++) {
                tuples.add(Id.of("a", i, "b", "x"));
            }
            List<Object> texts = new ArrayList<>();
            for (int i = 0; i < 40_000; i++) {
                texts.add("id " + i);
            }

            assertThat(store.<Integer>read(transaction -> transaction
                            .find(Selection.byIds(pairs, tuples))
                            .list()
                            .size()))
                    .isEqualTo(1);
            assertThat(store.<Integer>read(transaction -> transaction
                            .find(Selection.byIds(singles, texts))
                            .list()
                            .size()))
                    .isEqualTo(1);
        }
    }

    @Test
    void aNarrowGeneratedIdIsCountedUpToo() {
        Kind kind = Kind.named("t")
                .required("id", new Type.Int(32))
                .id("id")
                .generated(Generation.IDENTITY)
                .field("name", Type.TEXT)
                .build();
        try (Guarded store = Stores.open("sqlite:" + folder.resolve("narrow.db"))) {
            store.createAll(Schema.of(List.of(kind)));

            assertThat(Raw.insert(store, kind, Raw.state(kind, "name", "a"), Raw.state(kind, "name", "b")))
                    .containsExactly(1L, 2L);
        }
    }
}

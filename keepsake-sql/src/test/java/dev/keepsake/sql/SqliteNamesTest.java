package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Guarded;
import dev.keepsake.value.Type;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names are the user's: whatever they hold, they are names and nothing else. */
@On("sqlite")
final class SqliteNamesTest {
    static List<String> hostile() {
        return List.of(
                "quote\"s",
                "it's",
                "select",
                "rowid",
                "_rowid_",
                "oid",
                "Gr\u00fc\u00dfe \ud83d\ude00",
                "a".repeat(200),
                "a]b[c",
                "back`tick",
                "100%_",
                "new\nline",
                "semi;colon -- /* ",
                "?",
                ":name",
                "1",
                "dot.dot",
                "back\\slash",
                "\"",
                " ",
                "true",
                "constraint check (");
    }

    @TempDir
    Path folder = Path.of("");

    private static dev.keepsake.value.Path path(String name) {
        return dev.keepsake.value.Path.of(name);
    }

    private static List<Object> keys(Guarded store, Selection selection) {
        return store.read(transaction -> transaction.find(selection).list(state -> state.at(0)));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void anyNameIsCreatedWrittenQueriedAndReadBack(String name) {
        Kind kind = Kind.named(name)
                .required("key " + name, Type.TEXT)
                .id("key " + name)
                .field(name, Type.TEXT)
                .field("json " + name, Type.ANY)
                .index(Index.of("index " + name, name))
                .build();
        try (Guarded store = Raw.in(folder).open()) {
            store.createAll(Schema.of(List.of(kind)));
            Raw.insert(
                    store,
                    kind,
                    Raw.state(kind, "key " + name, "1", name, "one", "json " + name, Map.of(name, 1L)),
                    Raw.state(kind, "key " + name, "2", name, "two", "json " + name, Map.of(name, 2L)));
            Kind found = Raw.kind(store, name);

            assertThat(found.fields().stream().map(Field::name)).containsExactly("key " + name, name, "json " + name);
            assertThat(found.id()).containsExactly("key " + name);
            assertThat(found.indexes()).containsExactlyElementsOf(kind.indexes());
            for (Kind each : List.of(kind, found)) {
                Selection descending = Selection.of(each).orderBy(new Order(path(name), true));
                Term inside = new Term(path("json " + name).then(name));

                assertThat(keys(store, descending)).containsExactly("2", "1");
                assertThat(keys(store, descending.where(new Term(path(name)).eq("two"))))
                        .containsExactly("2");
                assertThat(keys(store, descending.where(inside.eq(1L)))).containsExactly("1");
            }
            store.write(transaction -> transaction.write(Changeset.of(
                    new Changeset.Update(
                            found,
                            Raw.state(found, "key " + name, "1", name, "changed"),
                            List.of(name),
                            new Guard(Map.of(name, "one"))),
                    new Changeset.Put(found, Raw.state(found, "key " + name, "3", name, "three")),
                    new Changeset.Delete(found, "2", new Guard(Map.of(name, "two"))))));
            assertThat(Raw.values(store, kind, name, Condition.all())).containsExactlyInAnyOrder("changed", "three");
        }
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void anyNameIsAlteredAndNamedInRefusals(String name) {
        Kind kind = Kind.named(name)
                .required("id", Type.INTEGER)
                .id("id")
                .required(name, Type.TEXT)
                .index(Index.unique("unique " + name, name))
                .build();
        try (Guarded store = Raw.in(folder).open()) {
            store.createAll(Schema.of(List.of(kind)));
            Raw.insert(store, kind, Raw.state(kind, "id", 1L, name, "one"));
            Fault twice = Raw.refused(
                    Problem.UNIQUE_VIOLATION, () -> Raw.insert(store, kind, Raw.state(kind, "id", 2L, name, "one")));
            Fault missing =
                    Raw.refused(Problem.REQUIRED_VIOLATION, () -> Raw.insert(store, kind, Raw.state(kind, "id", 3L)));
            Raw.alter(
                    store,
                    new Alteration.AddField(name, Field.of("new " + name, Type.INTEGER)),
                    new Alteration.RenameField(name, "new " + name, "newer " + name),
                    new Alteration.DropIndex(name, "unique " + name),
                    new Alteration.RenameKind(name, "other " + name));

            assertThat(twice.facts()).containsEntry("kind", name).containsEntry("rule", name);
            assertThat(missing.facts()).containsEntry("kind", name).containsEntry("rule", name);
            assertThat(Raw.kind(store, "other " + name).fields().stream().map(Field::name))
                    .containsExactly("id", name, "newer " + name);
        }
    }
}

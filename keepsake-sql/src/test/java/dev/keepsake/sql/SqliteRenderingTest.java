package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Check;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Explanation;
import dev.keepsake.store.Guarded;
import dev.keepsake.value.Type;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@On("sqlite")
final class SqliteRenderingTest {
    private static final Kind PEOPLE = Kind.named("people")
            .required("id", Type.INTEGER)
            .id("id")
            .generated(Generation.IDENTITY)
            .field("name", Type.TEXT)
            .field("count", Type.INTEGER)
            .build();

    @TempDir
    Path folder = Path.of("");

    @Test
    @Row("S1-34")
    void anInsertIsTheTextThatTheTutorialShows() {
        try (Guarded store = Raw.in(folder).open()) {
            State bob = Raw.state(PEOPLE, "name", "Bob", "count", 1L);

            assertThat(store.render(Changeset.inserts(PEOPLE, List.of(bob))))
                    .containsExactly("INSERT INTO people (name, count) VALUES (?, ?)");
        }
        assertThat(folder).as("rendering makes no file").isEmptyDirectory();
    }

    @Test
    void otherWritesAreRenderedWithoutTheirValues() {
        try (Guarded store = Raw.in(folder).open()) {
            State bob = Raw.state(PEOPLE, "id", 1L, "name", "Bob", "count", 1L);
            Guard guard = new Guard(Map.of("count", 1L));

            assertThat(store.render(Changeset.of(
                            new Changeset.Update(PEOPLE, bob, List.of("name"), guard),
                            new Changeset.Put(PEOPLE, bob),
                            new Changeset.Delete(PEOPLE, 1L, Guard.EXISTS),
                            new Changeset.DeleteWhere(
                                    PEOPLE, Term.of("name").eq("Bob").not()))))
                    .containsExactly(
                            "UPDATE people SET name = ? WHERE id = ? AND count IS ?",
                            "INSERT INTO people (id, name, count) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                                    + " name = excluded.name, count = excluded.count",
                            "DELETE FROM people WHERE id = ?",
                            "DELETE FROM people WHERE NOT coalesce(name = ?, false)");
            assertThat(store.render(Selection.of(PEOPLE)
                            .where(Term.of("count").gt(3L))
                            .orderBy(Term.of("name").desc())
                            .limit(2)))
                    .containsExactly(
                            "SELECT id, name, count FROM people WHERE count > ? ORDER BY name DESC, id LIMIT ?");
        }
    }

    @Test
    @Row({"S0-25", "S0-26"})
    void theCompoundIndexOfATableMadeByOthersSavesTheSort() {
        Raw raw = Raw.in(folder)
                .run(
                        "create table releases (id integer primary key, package_id varchar(50), major_ver int,"
                                + " minor_ver int, build_ver int, created_date datetime)",
                        "create index by_version on releases (package_id, major_ver desc, minor_ver desc, build_ver desc)",
                        "create table files (id integer primary key, package_id varchar(50))",
                        "create index by_package on files (package_id)");
        try (Guarded store = raw.open()) {
            Kind releases = Raw.kind(store, "releases");
            Explanation explanation = store.explain(Selection.of(releases)
                    .where(Term.of("package_id").eq("boto"))
                    .orderBy(
                            Term.of("major_ver").desc(),
                            Term.of("minor_ver").desc(),
                            Term.of("build_ver").desc())
                    .limit(5));
            Explanation single = store.explain(Selection.of(Raw.kind(store, "files"))
                    .where(Term.of("package_id").eq("boto")));
            Explanation scan = store.explain(
                    Selection.of(releases).orderBy(Term.of("minor_ver").asc()));

            assertThat(explanation.indexes()).containsExactly("by_version");
            assertThat(explanation.text()).contains("package_id=?");
            assertThat(explanation.sorts()).isFalse();
            assertThat(single.indexes()).containsExactly("by_package");
            assertThat(scan.indexes()).isEmpty();
            assertThat(scan.sorts()).isTrue();
        }
    }

    @Test
    void aCheckMayNameAnyFieldAndHoldAnyConstant() {
        Kind kind = Kind.named("odd")
                .required("id", Type.INTEGER)
                .id("id")
                .field("it's", Type.TEXT)
                .field("raw", Type.BYTES)
                .check(new Check("c", "`it's` != '?\"'", false))
                .index(Index.of("i", "it's"))
                .build();
        try (Guarded store = Raw.in(folder).open()) {
            store.createAll(Schema.of(List.of(kind)));
            Raw.insert(store, kind, Raw.state(kind, "id", 1L, "it's", "?"));

            Raw.refused(
                    Problem.CHECK_VIOLATION, () -> Raw.insert(store, kind, Raw.state(kind, "id", 2L, "it's", "?\"")));
            assertThat(Raw.all(store, kind)).hasSize(1);
        }
    }
}

package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Check;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.value.Type;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that others made, as they are. */
@On("sqlite")
final class SqliteForeignSchemaTest extends ForeignContract {
    @TempDir
    Path folder = Path.of("");

    @Override
    Guarded store(String... statements) {
        return Raw.in(folder).run(statements).open();
    }

    @Override
    List<String> rows(String sql) {
        return Raw.in(folder).rows(sql);
    }

    @Override
    String keyed() {
        return " without rowid";
    }

    @Test
    void theIdIsThePrimaryKeyElseAUniqueRequiredIndexElseNone() {
        try (Guarded store = store(
                "create table counted (id integer primary key, v)",
                "create table given (id int primary key, v)",
                "create table composite (b text, a int, v, primary key (a, b)) without rowid",
                "create table uniq (v, code text not null unique, nick text unique)",
                "create table partly (code text not null, v)",
                "create unique index partly_i on partly (code) where v = 1",
                "create table bag (v integer)")) {
            assertThat(Raw.kind(store, "counted").id()).containsExactly("id");
            assertThat(Raw.kind(store, "counted").generation()).isEqualTo(Generation.IDENTITY);
            assertThat(Raw.kind(store, "given").generation()).isEqualTo(Generation.GIVEN);
            assertThat(Raw.kind(store, "composite").id()).containsExactly("a", "b");
            assertThat(Raw.kind(store, "uniq").id()).containsExactly("code");
            assertThat(Raw.kind(store, "partly").isBag()).isTrue();
            assertThat(Raw.kind(store, "bag").isBag()).isTrue();
        }
    }

    @Test
    void aGeneratedColumnIsReadAndLeftToTheDatabase() {
        try (Guarded store =
                store("create table t (id integer primary key, a int, twice int generated always as (a * 2),"
                        + " kept int as (a * 3) stored, loose as (a))")) {
            Kind kind = Raw.kind(store, "t");
            State state = Raw.state(kind, "id", 1L, "a", 5L, "twice", 0L, "kept", 0L);
            Raw.insert(store, kind, state);
            store.write(transaction -> transaction.write(Changeset.puts(kind, List.of(state))));

            assertThat(Raw.all(store, kind).getFirst().toMap())
                    .isEqualTo(Map.of("id", 1L, "a", 5L, "twice", 10L, "kept", 15L, "loose", 5L));
            assertThat(kind.field("twice").orElseThrow().type()).isEqualTo(Type.INTEGER);
        }
    }

    @Test
    void indexesShowTheirExpressionsAndConditions() {
        try (Guarded store = store(
                "create table t (id integer primary key, name text, n int)",
                "create unique index lowered on t (lower(name) desc, n)",
                "create index part on t (n)\nWHERE\nname = 'x WHERE y'")) {
            Kind kind = Raw.kind(store, "t");

            assertThat(kind.indexes())
                    .containsExactlyInAnyOrder(
                            new Index(
                                    "lowered",
                                    List.of(new Index.Part("(lower(name))", true), new Index.Part("n", false)),
                                    true,
                                    null),
                            new Index("part", List.of(new Index.Part("n", false)), false, "name = 'x WHERE y'"));
            Raw.insert(store, kind, Raw.state(kind, "name", "A", "n", 1L));
            Raw.refused(Problem.UNIQUE_VIOLATION, () -> Raw.insert(store, kind, Raw.state(kind, "name", "a", "n", 1L)));
        }
    }

    @Test
    void aKindWithAllItsIndexesIsMadeAnew() {
        try (Guarded store = store(
                        "create table t (id integer primary key, name text, check (name <> 'x'))",
                        "create index lowered on t (lower(name))",
                        "create index part on t (name) where name > 'a'");
                Guarded other = new Raw(folder.resolve("copy.db")).open()) {
            Kind kind = Raw.kind(store, "t");
            madeAnew(kind, other);
        }
    }

    @Test
    void checksAreShownInTheirOwnWordsWhateverTheyHold() {
        try (Guarded store = store(
                "create table t (id integer primary key, -- check (a comment)\n"
                        + " a text default 'check (no)' check (a in ('x,y', 'it''s (', \")\")), precheck text,"
                        + " constraint \"a (name\" check /* here */ (length(a) > 0), constraint größe CHECK(precheck <> ')'))")) {
            Kind kind = Raw.kind(store, "t");

            assertThat(kind.checks())
                    .containsExactly(
                            new Check("", "a in ('x,y', 'it''s (', \")\")", true),
                            new Check("a (name", "length(a) > 0", true),
                            new Check("größe", "precheck <> ')'", true));
            Fault fault = Raw.refused(
                    Problem.CHECK_VIOLATION, () -> Raw.insert(store, kind, Raw.state(kind, "id", 1L, "a", "")));
            assertThat(fault.facts()).containsEntry("rule", "a in ('x,y', 'it''s (', \")\")");
        }
    }

    @Test
    void referencesAreShownWithWhatTheyReferTo() {
        try (Guarded store = store(
                "create table Parents (Id integer primary key, top references parents on delete set null)",
                "create table pairs (a int, b int, primary key (a, b))",
                "create table kids (id integer primary key, p int references PARENTS(ID) on delete cascade,"
                        + " x int, y int, z references gone, foreign key (x, y) references pairs)")) {
            assertThat(Raw.kind(store, "Parents").references())
                    .containsExactly(
                            new Reference("", List.of("top"), "Parents", List.of("Id"), Reference.OnDelete.NULLIFY));
            assertThat(Raw.kind(store, "kids").references())
                    .containsExactlyInAnyOrder(
                            new Reference("", List.of("p"), "Parents", List.of("Id"), Reference.OnDelete.CASCADE),
                            new Reference("", List.of("x", "y"), "pairs", List.of("a", "b"), Reference.OnDelete.REFUSE),
                            new Reference("", List.of("z"), "gone", List.of("rowid"), Reference.OnDelete.REFUSE));
        }
    }

    @Test
    void aBrokenReferenceIsNamed() {
        try (Guarded store = store(
                "create table parents (id integer primary key)",
                "create table kids (id integer primary key, p int references PARENTS(ID))")) {
            Kind kids = Raw.kind(store, "kids");
            Fault fault = Raw.refused(
                    Problem.REFERENCE_VIOLATION, () -> Raw.insert(store, kids, Raw.state(kids, "id", 1L, "p", 9L)));

            assertThat(fault.sentence()).isEqualTo("p of kind kids names no object of kind parents");
        }
    }

    @Test
    void aTriggerThatRefusesIsAViolation() {
        try (Guarded store = store(
                "create table t (id integer primary key, n int)",
                "create trigger no before insert on t when new.n < 0 begin select raise(abort, 'n is (too) small'); end",
                "create trigger never before insert on t when new.n > 9 begin select raise(rollback, 'n is too big'); end",
                "create table s (id integer primary key, n int) strict")) {
            Kind kind = Raw.kind(store, "t");
            Fault fault = Raw.refused(
                    Problem.CHECK_VIOLATION, () -> Raw.insert(store, kind, Raw.state(kind, "id", 1L, "n", -1L)));
            Raw.refused(Problem.CHECK_VIOLATION, () -> Raw.insert(store, kind, Raw.state(kind, "id", 1L, "n", 10L)));
            Raw.insert(store, kind, Raw.state(kind, "id", 1L, "n", 1L));

            assertThat(fault.sentence()).contains("n is (too) small");
            assertThat(Raw.values(store, kind, "n", Condition.all())).containsExactly(1L);
        }
    }

    @Test
    void aCollationIsShownAndEqualityFollowsItButGuardsDoNot() {
        try (Guarded store = store(
                "create table t (/* its name */ id integer primary key, -- next\n name varchar(10, 2) check (name in"
                        + " ('Bob','bob','BOB','x')) collate \"nocase\", other text check (other collate nocase <> ''))",
                "insert into t values (1, 'Bob', 'a')")) {
            Kind inspected = Raw.kind(store, "t");
            Kind own = Kind.named("t")
                    .required("id", Type.INTEGER)
                    .id("id")
                    .field("name", Type.TEXT)
                    .build();

            assertThat(inspected.field("name").orElseThrow().collation()).isEqualTo("nocase");
            assertThat(inspected.field("other").orElseThrow().collation()).isNull();
            for (Kind kind : List.of(inspected, own)) {
                assertThat(Raw.values(store, kind, "id", Term.of("name").eq("bOB")))
                        .containsExactly(1L);
                assertThat(Raw.values(store, kind, "id", Term.of("name").startsWith("bo")))
                        .isEmpty();
                assertThat(Raw.values(store, kind, "id", Term.of("name").startsWith("Bo")))
                        .containsExactly(1L);
                assertThat(Raw.values(store, kind, "id", Term.of("name").contains("OB")))
                        .isEmpty();
                Changeset.Update stale = new Changeset.Update(
                        kind,
                        Raw.state(kind, "id", 1L, "name", "x"),
                        List.of("name"),
                        new Guard(Map.of("name", "BOB")));
                Raw.refused(
                        Problem.STALE_OBJECT, () -> store.write(transaction -> transaction.write(Changeset.of(stale))));
            }
            assertThat(rows("select name from t")).containsExactly("Bob");
        }
    }

    @Test
    void aColumnNamedRowidIsAColumn() {
        try (Guarded store = store("create table t (rowid text, oid int)", "insert into t values ('a', 7)")) {
            Kind kind = Raw.kind(store, "t");

            assertThat(Raw.values(store, kind, "rowid", Term.of("oid").eq(7L))).containsExactly("a");
        }
    }

    @Test
    void writingThroughAnInspectedKindKeepsWhatWasNotChanged() {
        try (Guarded store = store(
                "create table t (id integer primary key, a text, b datetime, c text default 'unset')",
                "insert into t values (1, 'a', '2018-05-31T01:44:52+02:00', 'c')")) {
            Kind kind = Raw.kind(store, "t");
            State loaded = Raw.all(store, kind).getFirst();
            State changed = Raw.state(kind, "id", 1L, "a", "new");
            store.write(transaction -> transaction.write(Changeset.of(
                    new Changeset.Update(kind, changed, List.of("a"), Guard.of(loaded, List.of("a", "b"))),
                    new Changeset.Insert(kind, Raw.state(kind, "a", "second")))));

            assertThat(rows("select * from t"))
                    .containsExactly("1|new|2018-05-31T01:44:52+02:00|c", "2|second|null|unset");
        }
    }
}

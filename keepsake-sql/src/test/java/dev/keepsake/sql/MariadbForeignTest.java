package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Check;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that others made on MariaDB, as they are. */
@On("mariadb")
final class MariadbForeignTest extends ForeignContract {
    private final RawServer raw = RawServer.space(Servers.mariadb());

    @AfterEach
    void drop() {
        raw.close();
    }

    @Override
    Guarded store(String... statements) {
        return raw.run(statements).open();
    }

    @Override
    List<String> rows(String sql) {
        return raw.rows(sql);
    }

    @Test
    void otherDatabasesAreLeftAlone() {
        try (RawServer other = RawServer.space(Servers.mariadb())) {
            other.run("create table theirs (id int primary key)", "insert into theirs values (1)");
            String name = other.url().replaceFirst(".*/", "");
            try (Guarded store = store("create table ours (id int primary key, t int, foreign key (t) references "
                    + name + ".theirs (id))")) {
                assertThat(store.inspect().names()).containsExactly("ours");
                Kind ours = Raw.kind(store, "ours");
                assertThat(ours.references().getFirst().kind()).isEqualTo(name + ".theirs");
                Raw.insert(store, ours, Raw.state(ours, "id", 1L, "t", 1L));
                Raw.refused(
                        Problem.REFERENCE_VIOLATION, () -> Raw.insert(store, ours, Raw.state(ours, "id", 2L, "t", 2L)));
            }
            raw.run("drop table ours");
        }
    }

    // ---- ids

    @Test
    void theIdIsThePrimaryKeyElseAUniqueRequiredIndexElseNone() {
        try (Guarded store = store(
                "create table counted (id int unsigned auto_increment primary key, v int)",
                "create table given (id int primary key, v int)",
                "create table composite (b varchar(9), a int, v int, primary key (a, b))",
                "create table uniq (v int, code varchar(9) not null unique, nick varchar(9) unique)",
                "create table prefixed (v int, code varchar(90) not null, unique (code(3)))",
                "create table bag (v int)")) {
            Kind counted = Raw.kind(store, "counted");
            assertThat(counted.id()).containsExactly("id");
            assertThat(counted.generation()).isEqualTo(Generation.IDENTITY);
            assertThat(Raw.insert(store, counted, Raw.state(counted, "v", 1L), Raw.state(counted, "v", 2L)))
                    .containsExactly(1L, 2L);
            Raw.insert(store, counted, Raw.state(counted, "id", 0L, "v", 0L), Raw.state(counted, "id", 50L, "v", 50L));
            assertThat(Raw.insert(store, counted, Raw.state(counted, "v", 51L))).containsExactly(51L);
            assertThat(raw.rows("select id from counted order by id")).containsExactly("0", "1", "2", "50", "51");
            assertThat(Raw.kind(store, "given").generation()).isEqualTo(Generation.GIVEN);
            assertThat(Raw.kind(store, "composite").id()).containsExactly("a", "b");
            assertThat(Raw.kind(store, "uniq").id()).containsExactly("code");
            assertThat(Raw.kind(store, "prefixed").id()).containsExactly("code");
            assertThat(Raw.kind(store, "bag").isBag()).isTrue();
        }
    }

    // ---- columns

    @Test
    void aGeneratedColumnIsReadAndLeftToTheDatabase() {
        try (Guarded store =
                store("create table t (id int primary key, a int, twice int as (a * 2), kept int as (a * 3) stored,"
                        + " word varchar(9) as (concat('n', a)), hidden int invisible default 7)")) {
            Kind kind = Raw.kind(store, "t");
            State state = Raw.state(kind, "id", 1L, "a", 5L, "twice", 0L, "kept", 0L, "word", "x");
            Raw.insert(store, kind, state);
            store.write(transaction ->
                    transaction.write(Changeset.puts(kind, List.of(Raw.state(kind, "id", 1L, "a", 5L, "hidden", 8L)))));

            assertThat(Raw.all(store, kind).getFirst().toMap())
                    .isEqualTo(Map.of("id", 1L, "a", 5L, "twice", 10L, "kept", 15L, "word", "n5", "hidden", 8L));
        }
    }

    // ---- rules

    @Test
    void referencesAreShownWithWhatTheyReferTo() {
        try (Guarded store = store(
                "create table parents (id int primary key, top int, constraint top foreign key (top) references parents (id)"
                        + " on delete set null)",
                "create table pairs (b int, a int, primary key (a, b))",
                "create table kids (id int primary key, p int, x int, y int,"
                        + " constraint parent foreign key (p) references parents (id) on delete cascade,"
                        + " constraint pair foreign key (y, x) references pairs (a, b))")) {
            assertThat(Raw.kind(store, "parents").references())
                    .containsExactly(
                            new Reference("top", List.of("top"), "parents", List.of("id"), Reference.OnDelete.NULLIFY));
            assertThat(Raw.kind(store, "kids").references())
                    .containsExactlyInAnyOrder(
                            new Reference("parent", List.of("p"), "parents", List.of("id"), Reference.OnDelete.CASCADE),
                            new Reference(
                                    "pair", List.of("y", "x"), "pairs", List.of("a", "b"), Reference.OnDelete.REFUSE));
            Kind kids = Raw.kind(store, "kids");
            Fault fault = Raw.refused(
                    Problem.REFERENCE_VIOLATION, () -> Raw.insert(store, kids, Raw.state(kids, "id", 1L, "p", 9L)));
            assertThat(fault.sentence()).isEqualTo("p of kind kids names no object of kind parents");
        }
    }

    @Test
    void indexesAndChecksAreShownAndAKindIsMadeAnewWithThem() {
        raw.run("create table t (id int primary key, name varchar(20) check (name <> 'x'), n int, j json,"
                + " constraint either check (n > 0 or id = 0), unique index names (name, n), index falling (n desc))");
        Kind kind;
        try (Guarded store = raw.open()) {
            kind = Raw.kind(store, "t");
            assertThat(kind.indexes())
                    .containsExactlyInAnyOrder(
                            Index.unique("names", "name", "n"),
                            new Index("falling", List.of(new Index.Part("n", true)), false, null));
            assertThat(kind.checks())
                    .containsExactlyInAnyOrder(
                            new Check("name", "`name` <> 'x'", true), new Check("either", "`n` > 0 or `id` = 0", true));
            assertThat(kind.field("j").orElseThrow().type()).isEqualTo(Type.ANY);
            Raw.insert(store, kind, Raw.state(kind, "id", 1L, "name", "A", "n", 1L));
            Raw.refused(
                    Problem.UNIQUE_VIOLATION,
                    () -> Raw.insert(store, kind, Raw.state(kind, "id", 2L, "name", "a", "n", 1L)));
            Raw.refused(
                    Problem.CHECK_VIOLATION,
                    () -> Raw.insert(store, kind, Raw.state(kind, "id", 3L, "name", "x", "n", 2L)));
            Raw.refused(
                    Problem.CHECK_VIOLATION,
                    () -> Raw.insert(store, kind, Raw.state(kind, "id", 3L, "name", "y", "n", 0L)));
        }
        try (RawServer copy = RawServer.space(Servers.mariadb());
                Guarded store = copy.open()) {
            madeAnew(kind, store);
        }
    }

    @Test
    void whatAKindCannotSayOfItsTableIsNamed() {
        try (Guarded store = store(
                "create table p (id int primary key, t text, g point not null, name varchar(200),"
                        + " changed timestamp default current_timestamp on update current_timestamp,"
                        + " fulltext index words (t), spatial index places (g), index start (name(5)))",
                "create trigger touched before update on p for each row set new.name = 'touched'",
                "create table k (id int primary key, p int, constraint kp foreign key (p) references p (id) on update cascade)",
                "create table ranges (id int, at date, primary key (id, at)) partition by range (year(at))"
                        + " (partition early values less than (2018), partition late values less than maxvalue)",
                "create table kept (id int primary key, v int) with system versioning")) {
            assertThat(Raw.kind(store, "p").unkept())
                    .containsExactlyInAnyOrder(
                            "trigger touched",
                            "that index words is a fulltext index",
                            "that index places is a spatial index",
                            "that index start has the first 5 characters of name",
                            "on update of field changed");
            assertThat(Raw.kind(store, "k").unkept()).containsExactly("on update of kp");
            Kind ranges = Raw.kind(store, "ranges");
            assertThat(ranges.unkept()).containsExactly("partition early", "partition late");
            Raw.insert(store, ranges, Raw.state(ranges, "id", 1L, "at", LocalDate.of(2018, 5, 1)));
            assertThat(raw.rows("select id from ranges partition (late)")).containsExactly("1");
            Kind kept = Raw.kind(store, "kept");
            assertThat(kept.unkept()).containsExactly("that it is a system versioned table");
            assertThat(kept.id()).containsExactly("id");
            Raw.insert(store, kept, Raw.state(kept, "id", 1L, "v", 1L));
        }
    }

    @Test
    void aTriggerThatRefusesIsAViolation() {
        try (Guarded store = store(
                "create table t (id int primary key, n int)",
                "create trigger no before insert on t for each row if new.n < 0 then"
                        + " signal sqlstate '45000' set message_text = 'n is (too) small'; end if")) {
            Kind kind = Raw.kind(store, "t");
            Fault fault = Raw.refused(
                    Problem.CHECK_VIOLATION, () -> Raw.insert(store, kind, Raw.state(kind, "id", 1L, "n", -1L)));

            assertThat(fault.sentence()).contains("n is (too) small");
        }
    }

    @Test
    void writingThroughAnInspectedKindKeepsDefaultsAndWhatWasNotChanged() {
        try (Guarded store = store(
                "create table t (id int auto_increment primary key, a text, b datetime(6), c varchar(9) default 'unset')",
                "insert into t (a, b, c) values ('a', '2018-05-31 01:44:52.123456', 'c')")) {
            Kind kind = Raw.kind(store, "t");
            State loaded = Raw.all(store, kind).getFirst();
            State changed = Raw.state(kind, "id", 1L, "a", "new");
            store.write(transaction -> transaction.write(Changeset.of(
                    new Changeset.Update(kind, changed, List.of("a"), Guard.of(loaded, List.of("a", "b"))),
                    new Changeset.Insert(kind, Raw.state(kind, "a", "second")))));

            assertThat(raw.rows("select id, a, b, c from t order by id"))
                    .containsExactly("1|new|2018-05-31 01:44:52.123456|c", "2|second|null|unset");
        }
    }

    // ---- names

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quote\"s",
                "it's",
                "select",
                "User",
                "CAPITALS",
                "Grüße",
                "a]b[c",
                "back`tick",
                "100%_",
                "new\nline",
                "semi;colon -- /* ",
                "?",
                ":name",
                "@name",
                "1",
                "1e5",
                "dot.dot",
                "back\\slash",
                "`",
                "true",
                "x y",
                "constraint check (",
                "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij"
            })
    void anyNameIsANameAndNothingElse(String given) {
        String name = given.stripTrailing();
        String quoted = name.replace("`", "``");
        raw.run("create table `" + quoted + "` (`k" + quoted + "` int auto_increment primary key, `" + quoted
                + "` varchar(50), `n" + quoted + "` int not null default 1, `j" + quoted + "` json, unique index `u"
                + quoted + "` (`"
                + quoted + "`))");
        try (Guarded store = raw.open()) {
            Kind kind = Raw.kind(store, name);
            assertThat(kind.fields().stream().map(Field::name))
                    .containsExactly("k" + name, name, "n" + name, "j" + name);
            assertThat(kind.field("j" + name).orElseThrow().type()).isEqualTo(Type.ANY);
            assertThat(Raw.insert(
                            store,
                            kind,
                            Raw.state(kind, name, "one", "j" + name, Map.of(name, 1L)),
                            Raw.state(kind, name, "two")))
                    .containsExactly(1L, 2L);
            Fault twice =
                    Raw.refused(Problem.UNIQUE_VIOLATION, () -> Raw.insert(store, kind, Raw.state(kind, name, "one")));
            assertThat(twice.facts()).containsEntry("kind", name).containsEntry("rule", name);
            Fault missing = Raw.refused(
                    Problem.REQUIRED_VIOLATION,
                    () -> Raw.insert(store, kind, Raw.state(kind, name, "three", "n" + name, null)));
            assertThat(missing.facts()).containsEntry("kind", name).containsEntry("rule", "n" + name);
            store.write(transaction -> transaction.write(Changeset.of(
                    new Changeset.Update(
                            kind,
                            Raw.state(kind, "k" + name, 1L, name, "changed"),
                            List.of(name),
                            new Guard(Map.of(name, "one"))),
                    new Changeset.Put(kind, Raw.state(kind, "k" + name, 3L, name, "three", "n" + name, 1L)),
                    new Changeset.Delete(kind, 2L, new Guard(Map.of(name, "two"))))));
            Term term = new Term(Path.of(name));
            assertThat(Raw.values(store, kind, name, term.startsWith("many").not()))
                    .containsExactlyInAnyOrder("three", "changed");
            Term inside = new Term(Path.of("j" + name).then(name));
            assertThat(Raw.values(store, kind, name, inside.eq(1L))).containsExactly("changed");
            Raw.alter(
                    store,
                    new Alteration.RenameField(name, name, "r" + name),
                    new Alteration.DropIndex(name, "u" + name),
                    new Alteration.RenameKind(name, "o" + name));
            Kind renamed = Raw.kind(store, "o" + name);
            assertThat(renamed.indexes()).isEmpty();
            assertThat(renamed.field("r" + name)).isPresent();
        }
    }

    @Test
    void aNameThatIsTooLongOrEndsInABlankIsRefused() {
        try (Guarded store = raw.open()) {
            for (String name : List.of("a".repeat(65), "😀", "a ")) {
                Kind kind =
                        Kind.named(name).required("id", Type.INTEGER).id("id").build();
                Fault fault = Raw.refused(Problem.MODEL_INVALID, () -> store.createAll(Schema.of(List.of(kind))));
                assertThat(fault.sentence()).contains("does not take the name");
            }
            Kind most = Kind.named("ü".repeat(64))
                    .required("id", Type.INTEGER)
                    .id("id")
                    .build();
            store.createAll(Schema.of(List.of(most)));
            assertThat(store.inspect().names()).containsExactly(most.name());
        }
    }
}

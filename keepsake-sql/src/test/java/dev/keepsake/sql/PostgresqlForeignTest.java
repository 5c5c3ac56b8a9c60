package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Order;
import dev.keepsake.query.Selection;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that others made on PostgreSQL, as they are. */
@On("postgresql")
final class PostgresqlForeignTest extends ForeignContract {
    private RawServer raw = RawServer.space(Servers.postgresql());

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

    @Override
    List<String> brokenView() {
        return List.of();
    }

    private static List<Object> found(Guarded store, Selection selection, String field) {
        List<Object> values = new ArrayList<>();
        store.read(transaction -> transaction.find(selection).list()).forEach(state -> values.add(state.get(field)));
        return values;
    }

    // ---- schemas

    @Test
    void kindsOfOtherSchemasAreNamedWithTheirsReadWrittenQueriedAndAltered() {
        raw.close();
        raw = RawServer.database(Servers.postgresql());
        try (Guarded store = store(
                "create schema sales",
                "create schema \"Odd Schema\"",
                "create table customers (id int generated always as identity primary key, name text)",
                "create table sales.orders (id serial primary key, customer int not null references customers on delete cascade,"
                        + " code text constraint code_once unique)",
                "create index by_customer on sales.orders (customer)",
                "create table sales.customers (id int primary key, note text)",
                "create table \"Odd Schema\".\"Odd.Table\" (id int primary key, \"order\" int references sales.orders)",
                "create view sales.names as select name from customers")) {
            assertThat(store.inspect().names())
                    .containsExactlyInAnyOrder(
                            "customers", "sales.orders", "sales.customers", "sales.names", "Odd Schema.Odd.Table");
            Kind customers = Raw.kind(store, "customers");
            Kind orders = Raw.kind(store, "sales.orders");
            Kind odd = Raw.kind(store, "Odd Schema.Odd.Table");
            assertThat(orders.references())
                    .containsExactly(new Reference(
                            "orders_customer_fkey",
                            List.of("customer"),
                            "customers",
                            List.of("id"),
                            Reference.OnDelete.CASCADE));
            assertThat(odd.references().getFirst().kind()).isEqualTo("sales.orders");

            assertThat(Raw.insert(
                            store, customers, Raw.state(customers, "name", "Ann"), Raw.state(customers, "name", "Bob")))
                    .containsExactly(1L, 2L);
            Object first = Raw.insert(store, orders, Raw.state(orders, "customer", 1L, "code", "x"))
                    .getFirst();
            assertThat(store.reserveIds(orders, 2)).containsExactly(2L, 3L);
            Raw.insert(store, orders, Raw.state(orders, "id", 9L, "customer", 2L, "code", "y"));
            assertThat(Raw.insert(store, orders, Raw.state(orders, "customer", 2L)))
                    .containsExactly(10L);
            Raw.insert(store, odd, Raw.state(odd, "id", 1L, "order", first));
            store.write(transaction -> transaction.write(Changeset.of(
                    new Changeset.Update(
                            orders,
                            Raw.state(orders, "id", 1L, "code", "z"),
                            List.of("code"),
                            new Guard(Map.of("code", "x"))),
                    new Changeset.Put(orders, Raw.state(orders, "id", 9L, "customer", 1L, "code", "yy")),
                    new Changeset.DeleteWhere(orders, Term.of("id").eq(10L)))));

            Schema schema = store.inspect();
            assertThat(found(
                            store,
                            Selection.of(orders, schema)
                                    .where(Term.of("customer.name").eq("Ann")),
                            "code"))
                    .containsExactlyInAnyOrder("yy", "z");
            assertThat(found(
                            store,
                            Selection.of(odd, schema)
                                    .where(Term.of("order.customer.name").eq("Ann")),
                            "id"))
                    .containsExactly(1L);
            assertThat(found(
                            store,
                            Selection.of(orders, schema).orderBy(Order.parse("customer.name"), Order.parse("-id")),
                            "id"))
                    .containsExactly(9L, 1L);
            assertThat(raw.rows("select id, customer, code from sales.orders order by id"))
                    .containsExactly("1|1|z", "9|1|yy");
            Fault twice = Raw.refused(
                    Problem.UNIQUE_VIOLATION,
                    () -> Raw.insert(store, orders, Raw.state(orders, "customer", 1L, "code", "z")));
            assertThat(twice.facts()).containsEntry("kind", "sales.orders").containsEntry("rule", "code");

            Raw.alter(
                    store,
                    new Alteration.DropIndex("sales.orders", "code_once"),
                    new Alteration.DropIndex("sales.orders", "by_customer"),
                    new Alteration.AddField("sales.orders", Field.of("paid", Type.BOOLEAN)),
                    new Alteration.AddIndex("sales.orders", Index.of("by_code", "code")),
                    new Alteration.RenameField("sales.customers", "note", "remark"));
            Kind altered = Raw.kind(store, "sales.orders");
            assertThat(altered.indexes()).containsExactly(Index.of("by_code", "code"));
            assertThat(altered.field("paid").orElseThrow().type()).isEqualTo(Type.BOOLEAN);
            assertThat(Raw.kind(store, "sales.customers").field("remark")).isPresent();
        }
    }

    @Test
    void aKindOfAnotherSchemaIsMadeThereAndRenamedThere() {
        raw.close();
        raw = RawServer.database(Servers.postgresql());
        try (Guarded store = store("create schema sales")) {
            Kind orders = Kind.named("sales.orders")
                    .required("id", Type.INTEGER)
                    .id("id")
                    .generated(Generation.IDENTITY)
                    .field("code", Type.TEXT)
                    .index(Index.of("by_code", "code"))
                    .build();
            store.createAll(Schema.of(List.of(orders)));
            Raw.insert(store, orders, Raw.state(orders, "code", "x"));
            assertThat(raw.rows("select * from sales.orders")).containsExactly("1|x");

            Raw.alter(store, new Alteration.RenameKind("sales.orders", "sales.bills"));
            assertThat(raw.rows("select * from sales.bills")).containsExactly("1|x");
            Raw.alter(store, new Alteration.DropKind("sales.bills"));
            assertThat(store.inspect().names()).isEmpty();
        }
    }

    @Test
    void aNameWithAPointIsANameWhereASchemaIsNamedInTheUrl() {
        raw.run("create table \"public.t\" (id int primary key, v text)", "insert into \"public.t\" values (1, 'x')");
        try (Guarded store = raw.open()) {
            assertThat(store.inspect().names()).containsExactly("public.t");
            assertThat(Raw.values(store, Raw.kind(store, "public.t"), "v", Condition.all()))
                    .containsExactly("x");
        }
    }

    // ---- ids

    @Test
    void theIdIsThePrimaryKeyElseAUniqueRequiredIndexElseNone() {
        try (Guarded store = store(
                "create table always (id bigint generated always as identity primary key, v int)",
                "create table counted (id int generated by default as identity primary key, v int)",
                "create table serials (id bigserial primary key, v int)",
                "create sequence apart start 100",
                "create table aside (id bigint primary key default nextval('apart'), v int)",
                "create table given (id int primary key, v int)",
                "create table uuids (id uuid primary key default gen_random_uuid(), v int)",
                "create table composite (b text, a int, v int, primary key (a, b))",
                "create table uniq (v int, code text not null unique, nick text unique)",
                "create table partly (code text not null, v int)",
                "create unique index partly_i on partly (code) where v = 1",
                "create unique index partly_l on partly (lower(code))",
                "create table bag (v int)")) {
            for (String counted : List.of("always", "counted", "serials", "aside")) {
                Kind kind = Raw.kind(store, counted);
                long first = counted.equals("aside") ? 100L : 1L;
                assertThat(kind.generation()).isEqualTo(Generation.IDENTITY);
                assertThat(Raw.insert(store, kind, Raw.state(kind, "v", 1L))).containsExactly(first);
                assertThat(store.reserveIds(kind, 2)).as(counted).containsExactly(first + 1, first + 2);
                Raw.insert(store, kind, Raw.state(kind, "id", first + 1, "v", 2L));
                store.write(transaction -> transaction.write(Changeset.puts(
                        kind,
                        List.of(Raw.state(kind, "id", first + 50, "v", 3L), Raw.state(kind, "id", first, "v", 9L)))));
                assertThat(Raw.insert(store, kind, Raw.state(kind, "v", 4L)))
                        .as(counted)
                        .containsExactly(first + 51);
                assertThat(raw.rows("select v from " + counted + " order by id"))
                        .containsExactly("9", "2", "3", "4");
            }
            Kind uuids = Raw.kind(store, "uuids");
            assertThat(uuids.generation()).isEqualTo(Generation.UUID);
            assertThat(Raw.insert(store, uuids, Raw.state(uuids, "id", new UUID(1, 2), "v", 1L)))
                    .containsExactly(new UUID(1, 2));
            assertThat(Raw.kind(store, "given").generation()).isEqualTo(Generation.GIVEN);
            assertThat(Raw.kind(store, "composite").id()).containsExactly("a", "b");
            assertThat(Raw.kind(store, "uniq").id()).containsExactly("code");
            assertThat(Raw.kind(store, "partly").isBag()).isTrue();
            assertThat(Raw.kind(store, "bag").isBag()).isTrue();
        }
    }

    @Test
    void anIdThatIsCheckedLateIsPut() {
        try (Guarded store = store("create table late (id int primary key deferrable initially deferred, v text)")) {
            Kind late = Raw.kind(store, "late");
            Raw.insert(store, late, Raw.state(late, "id", 1L, "v", "old"));
            store.write(transaction -> transaction.write(Changeset.of(
                    new Changeset.Put(late, Raw.state(late, "id", 1L, "v", "new")),
                    new Changeset.Put(late, Raw.state(late, "id", 2L, "v", "second")))));

            assertThat(raw.rows("select * from late order by id")).containsExactly("1|new", "2|second");
        }
    }

    // ---- views and columns

    @Test
    void aMaterializedViewIsReadAndRefusesToBeWritten() {
        try (Guarded store = store(
                "create table t (id int primary key, name text)",
                "insert into t values (1, 'Bob'), (2, 'Jill')",
                "create materialized view m as select id, name from t",
                "create unique index m_id on m (id)")) {
            Kind view = Raw.kind(store, "m");

            assertThat(view.writable()).isFalse();
            assertThat(Raw.values(store, view, "name", Condition.all(), "-name"))
                    .containsExactly("Jill", "Bob");
            Raw.refused(Problem.STORE_READ_ONLY, () -> Raw.insert(store, view, Raw.state(view, "name", "Joe")));
            assertThat(view.unkept()).containsExactly("that it is a materialized view");
        }
    }

    @Test
    void aGeneratedColumnIsReadAndLeftToTheDatabase() {
        try (Guarded store =
                store("create table t (id int primary key, a int, kept int generated always as (a * 3) stored,"
                        + " word varchar(9) generated always as ('n') stored)")) {
            Kind kind = Raw.kind(store, "t");
            State state = Raw.state(kind, "id", 1L, "a", 5L, "kept", 0L, "word", "x");
            Raw.insert(store, kind, state);
            store.write(transaction -> transaction.write(Changeset.puts(kind, List.of(state))));

            assertThat(Raw.all(store, kind).getFirst().toMap())
                    .isEqualTo(Map.of("id", 1L, "a", 5L, "kept", 15L, "word", "n"));
            assertThat(kind.field("word").orElseThrow().type()).isEqualTo(new Type.Text(9));
        }
    }

    // ---- rules

    @Test
    void referencesAreShownWithWhatTheyReferTo() {
        try (Guarded store = store(
                "create table parents (id int primary key, top int references parents on delete set null)",
                "create table pairs (b int, a int, primary key (a, b))",
                "create table kids (id int primary key, p int constraint of references parents on delete cascade,"
                        + " x int, y int, constraint pair foreign key (y, x) references pairs (b, a))")) {
            assertThat(Raw.kind(store, "parents").references())
                    .containsExactly(new Reference(
                            "parents_top_fkey", List.of("top"), "parents", List.of("id"), Reference.OnDelete.NULLIFY));
            assertThat(Raw.kind(store, "kids").references())
                    .containsExactly(
                            new Reference("of", List.of("p"), "parents", List.of("id"), Reference.OnDelete.CASCADE),
                            new Reference(
                                    "pair", List.of("y", "x"), "pairs", List.of("b", "a"), Reference.OnDelete.REFUSE));
            Kind kids = Raw.kind(store, "kids");
            Fault fault = Raw.refused(
                    Problem.REFERENCE_VIOLATION, () -> Raw.insert(store, kids, Raw.state(kids, "id", 1L, "p", 9L)));
            assertThat(fault.sentence()).isEqualTo("p of kind kids names no object of kind parents");
        }
    }

    @Test
    void indexesShowTheirExpressionsAndConditionsAndAKindIsMadeAnewWithThem() {
        raw.run(
                "create table t (id int primary key, name text, n int, check (name <> 'x'), constraint either check (n > 0 or id = 0))",
                "create unique index lowered on t (lower(name) desc, n)",
                "create index part on t (n desc) where name = 'x WHERE y'",
                "create unique index names on t (name)",
                "alter table t add constraint n_once unique (n)");
        Kind kind;
        try (Guarded store = raw.open()) {
            kind = Raw.kind(store, "t");
            assertThat(kind.indexes())
                    .containsExactlyInAnyOrder(
                            new Index(
                                    "lowered",
                                    List.of(new Index.Part("(lower(name))", true), new Index.Part("n", false)),
                                    true,
                                    null),
                            new Index("part", List.of(new Index.Part("n", true)), false, "(name = 'x WHERE y'::text)"),
                            Index.unique("names", "name"),
                            Index.unique("n_once", "n"));
            assertThat(kind.checks())
                    .containsExactlyInAnyOrder(
                            new Check("t_name_check", "(name <> 'x'::text)", true),
                            new Check("either", "((n > 0) OR (id = 0))", true));
            Raw.insert(store, kind, Raw.state(kind, "id", 1L, "name", "A", "n", 1L));
            Raw.refused(
                    Problem.UNIQUE_VIOLATION,
                    () -> Raw.insert(store, kind, Raw.state(kind, "id", 2L, "name", "a", "n", 1L)));
            Raw.refused(
                    Problem.CHECK_VIOLATION,
                    () -> Raw.insert(store, kind, Raw.state(kind, "id", 3L, "name", "x", "n", 2L)));
        }
        try (RawServer copy = RawServer.space(Servers.postgresql());
                Guarded store = copy.open()) {
            madeAnew(kind, store);
        }
    }

    @Test
    void aUniqueConstraintAndAUniqueIndexAreBothDropped() {
        try (Guarded store = store(
                "create table t (id int primary key, a int constraint \"A once\" unique, b int)",
                "create unique index \"B once\" on t (b)",
                "create table u (id int primary key)")) {
            Raw.kind(store, "u");
            Raw.alter(store, new Alteration.DropIndex("t", "A once"), new Alteration.DropIndex("t", "B once"));

            assertThat(Raw.kind(store, "t").indexes()).isEmpty();
        }
    }

    @Test
    void whatAKindCannotSayOfItsTableIsNamed() {
        try (Guarded store = store(
                "create table p (id int primary key, t text, during int4range,"
                        + " constraint apart exclude using gist (during with &&))",
                "create table k (id int primary key, p int constraint kp references p on update cascade on delete set default,"
                        + " q int constraint kq unique deferrable)",
                "create function touch() returns trigger language plpgsql as 'begin return new; end'",
                "create trigger touched before update on p for each row execute function touch()",
                "create rule quiet as on delete to k do instead nothing",
                "alter table p enable row level security",
                "create index words on p using hash (t)",
                "create index more on p (t) include (during)",
                "create table ranges (id int, at date, primary key (id, at)) partition by range (at)",
                "create table ranges_2018 partition of ranges for values from ('2018-01-01') to ('2019-01-01')",
                "create table heir (x int) inherits (p)")) {
            assertThat(Raw.kind(store, "p").unkept())
                    .containsExactlyInAnyOrder(
                            "trigger touched",
                            "heir heir",
                            "row-level security",
                            "constraint apart EXCLUDE USING gist (during WITH &&)",
                            "that index words is a hash index",
                            "the included columns of index more");
            assertThat(Raw.kind(store, "k").unkept())
                    .containsExactlyInAnyOrder(
                            "rule quiet",
                            "on delete set default of kp",
                            "on update of kp",
                            "that constraint kq can be deferred");
            Kind ranges = Raw.kind(store, "ranges");
            assertThat(ranges.unkept()).containsExactly("partition ranges_2018");
            assertThat(store.inspect().names()).doesNotContain("ranges_2018");
            Raw.insert(store, ranges, Raw.state(ranges, "id", 1L, "at", LocalDate.of(2018, 5, 1)));
            assertThat(raw.rows("select id from ranges_2018")).containsExactly("1");
            Kind apart = Raw.kind(store, "p");
            Raw.insert(store, apart, Raw.state(apart, "id", 1L, "during", "[1,5)"));
            Raw.refused(
                    Problem.CHECK_VIOLATION,
                    () -> Raw.insert(store, apart, Raw.state(apart, "id", 2L, "during", "[2,3)")));
        }
    }

    @Test
    void aTriggerThatRefusesIsAViolation() {
        try (Guarded store = store(
                "create table t (id int primary key, n int)",
                "create function no() returns trigger language plpgsql as $$ begin if new.n < 0 then"
                        + " raise exception 'n is (too) small'; end if; return new; end $$",
                "create trigger no before insert on t for each row execute function no()")) {
            Kind kind = Raw.kind(store, "t");
            Fault fault = Raw.refused(
                    Problem.CHECK_VIOLATION, () -> Raw.insert(store, kind, Raw.state(kind, "id", 1L, "n", -1L)));

            assertThat(fault.sentence()).contains("n is (too) small");
        }
    }

    @Test
    void writingThroughAnInspectedKindKeepsDefaultsAndWhatWasNotChanged() {
        try (Guarded store = store(
                "create table t (id serial primary key, a text, b timestamptz, c text default 'unset')",
                "insert into t (a, b, c) values ('a', '2018-05-31T01:44:52.123456+02:00', 'c')")) {
            Kind kind = Raw.kind(store, "t");
            State loaded = Raw.all(store, kind).getFirst();
            State changed = Raw.state(kind, "id", 1L, "a", "new");
            store.write(transaction -> transaction.write(Changeset.of(
                    new Changeset.Update(kind, changed, List.of("a"), Guard.of(loaded, List.of("a", "b"))),
                    new Changeset.Insert(kind, Raw.state(kind, "a", "second")))));

            assertThat(raw.rows("select id, a, b at time zone 'UTC', c from t order by id"))
                    .containsExactly("1|new|2018-05-30 23:44:52.123456|c", "2|second|null|unset");
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
                "oid",
                "ctid x",
                "Grüße 😀",
                "a]b[c",
                "back`tick",
                "100%_",
                "new\nline",
                "semi;colon -- /* ",
                "?",
                ":name",
                "$1",
                "1",
                "dot.dot",
                "back\\slash",
                "\"",
                " ",
                "true",
                "x y",
                "constraint check (",
                "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr"
            })
    void anyNameIsANameAndNothingElse(String name) {
        String quoted = '"' + name.replace("\"", "\"\"") + '"';
        String key = ("k" + name).replace("\"", "\"\"");
        raw.run("create table " + quoted + " (\"" + key + "\" int generated always as identity primary key, " + quoted
                + " text constraint \"u " + name.replace("\"", "\"\"") + "\" unique, \"n " + name.replace("\"", "\"\"")
                + "\" int not null default 1)");
        try (Guarded store = raw.open()) {
            Kind kind = Raw.kind(store, name);
            assertThat(kind.fields().stream().map(Field::name)).containsExactly("k" + name, name, "n " + name);
            assertThat(Raw.insert(store, kind, Raw.state(kind, name, "one"), Raw.state(kind, name, "two")))
                    .containsExactly(1L, 2L);
            List<State> many = new ArrayList<>();
            for (long i = 10; i < 130; i++) {
                many.add(Raw.state(kind, "k" + name, i, name, "many " + i));
            }
            Raw.insert(store, kind, many.toArray(State[]::new));
            assertThat(store.reserveIds(kind, 1)).containsExactly(130L);
            Fault twice =
                    Raw.refused(Problem.UNIQUE_VIOLATION, () -> Raw.insert(store, kind, Raw.state(kind, name, "one")));
            assertThat(twice.facts()).containsEntry("kind", name).containsEntry("rule", name);
            Fault missing = Raw.refused(
                    Problem.REQUIRED_VIOLATION,
                    () -> Raw.insert(store, kind, Raw.state(kind, name, "three", "n " + name, null)));
            assertThat(missing.facts()).containsEntry("kind", name).containsEntry("rule", "n " + name);
            store.write(transaction -> transaction.write(Changeset.of(
                    new Changeset.Update(
                            kind,
                            Raw.state(kind, "k" + name, 1L, name, "changed"),
                            List.of(name),
                            new Guard(Map.of(name, "one"))),
                    new Changeset.Put(kind, Raw.state(kind, "k" + name, 3L, name, "three", "n " + name, 1L)),
                    new Changeset.Delete(kind, 2L, new Guard(Map.of(name, "two"))))));
            Term term = new Term(Path.of(name));
            assertThat(Raw.values(store, kind, name, term.startsWith("many").not()))
                    .containsExactlyInAnyOrder("three", "changed");
            Raw.alter(
                    store,
                    new Alteration.RenameField(name, name, "r " + name),
                    new Alteration.DropIndex(name, "u " + name),
                    new Alteration.RenameKind(name, "o " + name));
            Kind renamed = Raw.kind(store, "o " + name);
            assertThat(renamed.indexes()).isEmpty();
            assertThat(renamed.field("r " + name)).isPresent();
        }
    }

    @Test
    void aNameThatWouldBeCutIsRefused() {
        try (Guarded store = raw.open()) {
            for (String name : List.of("a".repeat(64), "ü".repeat(32))) {
                Kind kind =
                        Kind.named(name).required("id", Type.INTEGER).id("id").build();
                Fault fault = Raw.refused(Problem.MODEL_INVALID, () -> store.createAll(Schema.of(List.of(kind))));
                assertThat(fault.sentence()).contains("63 bytes");
            }
            Kind most = Kind.named("ü".repeat(31) + "x")
                    .required("id", Type.INTEGER)
                    .id("id")
                    .build();
            store.createAll(Schema.of(List.of(most)));
            assertThat(store.inspect().names()).containsExactly(most.name());
        }
    }
}

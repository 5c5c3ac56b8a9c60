package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.value.Id;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables that others made, on every SQL store. */
abstract class ForeignContract {
    /** Runs statements in the empty database, and opens it. */
    abstract Guarded store(String... statements);

    /** Each row as its values with bars between. */
    abstract List<String> rows(String sql);

    /** What stands behind a table whose rows are ordered by their key. */
    String keyed() {
        return "";
    }

    /** What leaves a view without the table that it needs, where that can be. */
    List<String> brokenView() {
        return List.of("create table gone (id int)", "create view broken as select * from gone", "drop table gone");
    }

    @Test
    void compositeAndUniqueIdsAreWrittenAndFound() {
        try (Guarded store = store(
                "create table composite (b varchar(9), a int, v varchar(9), primary key (a, b))" + keyed(),
                "create table uniq (v varchar(9), code varchar(9) not null unique)")) {
            Kind composite = Raw.kind(store, "composite");
            Kind uniq = Raw.kind(store, "uniq");
            List<Object> ids = Raw.insert(
                    store,
                    composite,
                    Raw.state(composite, "a", 1L, "b", "x", "v", "1x"),
                    Raw.state(composite, "a", 1L, "b", "y"));
            Raw.insert(store, uniq, Raw.state(uniq, "code", "c", "v", "old"));
            store.write(transaction -> transaction.write(Changeset.of(
                    new Changeset.Put(uniq, Raw.state(uniq, "code", "c", "v", "new")),
                    new Changeset.Put(uniq, Raw.state(uniq, "code", "d", "v", "newer")),
                    new Changeset.Delete(composite, ids.get(1), Guard.EXISTS))));

            assertThat(ids).allMatch(Id.class::isInstance);
            assertThat(Raw.all(store, composite)).hasSize(1);
            for (Selection selection : List.of(
                    Selection.byId(composite, ids.getFirst()), Selection.byIds(composite, List.of(ids.getFirst())))) {
                List<State> found =
                        store.read(transaction -> transaction.find(selection).list());
                assertThat(found.getFirst().get("v")).isEqualTo("1x");
            }
            assertThat(rows("select * from uniq order by code")).containsExactly("new|c", "newer|d");
        }
    }

    @Test
    void aBagIsReadInsertedAndChangedByConditionAlone() {
        try (Guarded store = store("create table bag (v integer)", "insert into bag values (1), (1), (2)")) {
            Kind bag = Raw.kind(store, "bag");
            Raw.insert(store, bag, Raw.state(bag, "v", 2L));
            store.write(transaction -> transaction.write(
                    Changeset.of(new Changeset.DeleteWhere(bag, Term.of("v").eq(1L)))));

            assertThat(Raw.values(store, bag, "v", Condition.all())).containsExactly(2L, 2L);
            Raw.refused(
                    Problem.REQUEST_INVALID,
                    () -> store.write(
                            transaction -> transaction.write(Changeset.puts(bag, List.of(Raw.state(bag, "v", 3L))))));
        }
    }

    @Test
    void aViewIsReadAndRefusesToBeWritten() {
        store(
                        "create table t (id integer primary key, name varchar(9))",
                        "insert into t values (1, 'Bob'), (2, 'Jill')",
                        "create view v as select name, count(*) as n from t group by name")
                .close();
        try (Guarded store = store(brokenView().toArray(String[]::new))) {
            Kind view = Raw.kind(store, "v");

            assertThat(store.inspect().names()).containsExactly("t", "v");
            assertThat(view.writable()).isFalse();
            assertThat(Raw.values(store, view, "name", Term.of("n").eq(1L), "-name"))
                    .containsExactly("Jill", "Bob");
            Raw.refused(Problem.STORE_READ_ONLY, () -> Raw.insert(store, view, Raw.state(view, "name", "Joe")));
        }
    }

    /** A kind that was found is made in an empty database, and found there as it was. */
    static void madeAnew(Kind kind, Guarded empty) {
        Raw.alter(empty, new Alteration.CreateKind(kind));
        Kind made = Raw.kind(empty, kind.name());
        assertThat(made.indexes()).isEqualTo(kind.indexes());
        assertThat(made.checks()).isEqualTo(kind.checks());
    }
}

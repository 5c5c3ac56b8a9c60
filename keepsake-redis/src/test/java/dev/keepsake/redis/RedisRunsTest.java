package dev.keepsake.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Servers;
import dev.keepsake.contract.StoreFixture;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import dev.keepsake.store.WriteResult;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Commits of many writes, alike and not, at the edges of what is told together. */
@On("redis")
final class RedisRunsTest extends StoreFixture {
    private static final Kind CARDS = Kind.named("cards")
            .required("id", Type.INTEGER)
            .id("id")
            .field("suit", Type.TEXT)
            .field("worth", Type.decimal(10, 2))
            .field("note", Type.TEXT)
            .index(Index.of("by_suit", "suit"))
            .build();

    private static final Kind USERS = Kind.named("users")
            .required("id", Type.INTEGER)
            .id("id")
            .field("mail", Type.TEXT)
            .index(Index.unique("by_mail", "mail"))
            .build();

    private String url = "";

    @Override
    protected Guarded open() {
        url = Servers.redis().freshSpace();
        return Stores.open(url);
    }

    private static State card(long id) {
        return state(CARDS, "id", id, "suit", "s" + id % 3, "worth", new BigDecimal("1.50"), "note", "n");
    }

    private static List<State> cards(int count) {
        return LongStream.rangeClosed(1, count).mapToObj(RedisRunsTest::card).toList();
    }

    @Test
    void thePiecesOfARunAreWhole() {
        create(CARDS);
        int all = 0;
        for (int count : List.of(1, 999, 1_000, 1_001)) {
            List<State> cards = new ArrayList<>();
            for (int i = 1; i <= count; i++) {
                cards.add(card(all + i));
            }
            store.write(transaction -> transaction.write(Changeset.inserts(CARDS, cards)));
            all += count;
        }
        assertThat(count(CARDS)).isEqualTo(all);
    }

    @Test
    void wideObjectsAreToldByThemselves() {
        for (int width : List.of(998, 999, 1_000, 4_100)) {
            Kind.Builder kind =
                    Kind.named("wide" + width).required("id", Type.INTEGER).id("id");
            for (int i = 0; i < width; i++) {
                kind.field("f" + i, Type.INTEGER);
            }
            Kind wide = kind.build();
            create(wide);
            State state = state(wide, "id", 1L);
            for (int i = 0; i < width; i++) {
                state = state.with("f" + i, (long) i);
            }
            insert(wide, state);
            assertThat(find(Selection.byId(wide, 1L))).as("%d fields", width).containsExactly(state);
        }
    }

    @Test
    void theFirstWriteThatIsRefusedIsNamedWhateverIsAroundIt() {
        create(CARDS, USERS);
        insert(CARDS, cards(6).toArray(State[]::new));
        insert(USERS, state(USERS, "id", 1L, "mail", "ann@x"));

        List<Changeset.Entry> entries = new ArrayList<>();
        entries.add(new Changeset.Insert(CARDS, card(7)));
        entries.add(new Changeset.Insert(CARDS, card(8)));
        entries.add(new Changeset.Delete(CARDS, 1L, Guard.EXISTS));
        entries.add(update(2, "note", "x", "n"));
        entries.add(update(3, "note", "x", "n"));
        entries.add(new Changeset.Insert(USERS, state(USERS, "id", 2L, "mail", "bob@x")));
        Changeset.Entry last = update(4, "note", "x", "other");
        Fault stale = refused(Problem.STALE_OBJECT, () -> writeAll(entries, last));
        assertThat(stale.facts()).containsEntry("id", 4L).containsEntry("kind", "cards");

        Fault taken = refused(
                Problem.UNIQUE_VIOLATION,
                () -> writeAll(
                        entries,
                        update(4, "note", "x", "n"),
                        new Changeset.Insert(USERS, state(USERS, "id", 3L, "mail", "ann@x"))));
        assertThat(taken.facts()).containsEntry("kind", "users");
        Fault exists = refused(Problem.UNIQUE_VIOLATION, () -> writeAll(entries, new Changeset.Insert(CARDS, card(6))));
        assertThat(exists.facts()).containsEntry("value", "6");
        assertThat(count(CARDS)).as("nothing of all this").isEqualTo(6);

        writeAll(entries);
        assertThat(values("note", Selection.of(CARDS))).containsExactlyInAnyOrder("n", "n", "n", "n", "n", "x", "x");
    }

    private void writeAll(List<Changeset.Entry> entries, Changeset.Entry... more) {
        List<Changeset.Entry> all = new ArrayList<>(entries);
        all.addAll(List.of(more));
        store.write(transaction -> transaction.write(new Changeset(all)));
    }

    private static Changeset.Update update(long id, String field, Object value, Object expected) {
        return new Changeset.Update(
                CARDS, card(id).with(field, value), List.of(field), new Guard(Map.of(field, expected)));
    }

    @Test
    void manyValuesOfAnotherTextAreStillTheSame() {
        create(CARDS);
        insert(CARDS, cards(60).toArray(State[]::new));
        for (int id = 1; id <= 60; id++) {
            Servers.redis().command(url, "HSET", "{keepsake}:cards:" + id, "worth", "1.500");
        }

        List<Changeset.Entry> entries = new ArrayList<>();
        for (int id = 1; id <= 60; id++) {
            entries.add(update(id, "worth", new BigDecimal("2.00"), new BigDecimal("1.50")));
        }
        writeAll(entries);

        assertThat(values("worth", Selection.of(CARDS))).containsOnly(new BigDecimal("2"));
    }

    @Test
    void aCommitOfAnySizeHasNoMoreArgumentsThanAServerTakes() {
        int width = 20;
        int count = 27_000; // each with 20 texts that must be there, and 20 to write
        Kind.Builder kind = Kind.named("rows").required("id", Type.INTEGER).id("id");
        for (int i = 0; i < width; i++) {
            kind.field("f" + i, Type.INTEGER);
        }
        Kind rows = kind.build();
        create(rows);
        List<State> before = new ArrayList<>();
        List<Changeset.Entry> changes = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            fields.add("f" + i);
        }
        for (long id = 1; id <= count; id++) {
            State state = state(rows, "id", id);
            State changed = state;
            for (String field : fields) {
                state = state.with(field, 1L);
                changed = changed.with(field, 2L);
            }
            before.add(state);
            changes.add(new Changeset.Update(rows, changed, fields, Guard.of(state, fields)));
        }
        store.write(transaction -> transaction.write(Changeset.inserts(rows, before)));

        store.write(transaction -> transaction.write(new Changeset(changes)));

        assertThat(find(Selection.byId(rows, (long) count)).getFirst().get("f19"))
                .isEqualTo(2L);
    }

    @Test
    void whatIsMadeReadyHoldsWhenTheKindChangesMeanwhile() {
        create(CARDS);
        Supplier<WriteResult> ready =
                store.prepare(List.of(new Changeset.Insert(CARDS, card(1)), new Changeset.Insert(CARDS, card(2))));
        alter(new Alteration.AddIndex("cards", Index.of("by_note", "note")));

        assertThat(ready.get().inserted()).isEqualTo(2);

        assertThat(count(CARDS)).isEqualTo(2); // and what each test ends with: all indexes have both
    }

    @Test
    void idsThatAreTheSameWhereTheyAreKeptAreOneObject() {
        Kind kept = Kind.named("moments")
                .required("at", Type.instant(3))
                .id("at")
                .field("note", Type.TEXT)
                .index(Index.of("by_note", "note"))
                .build();
        create(kept);
        Kind finer = kept.toBuilder()
                .replace("at", Field.required("at", Type.instant(6)))
                .build();
        State one = state(finer, "at", Instant.parse("2018-05-31T01:44:52.000001Z"), "note", "a");
        State other = state(finer, "at", Instant.parse("2018-05-31T01:44:52.000002Z"), "note", "b");

        refused(
                Problem.UNIQUE_VIOLATION,
                () -> store.write(transaction -> transaction.write(Changeset.inserts(finer, List.of(one, other)))));
    }

    @Test
    void theStreamOfChangesTellsRunsWriteByWrite() {
        try (Guarded telling = Stores.open(url + "?changes=100")) {
            telling.createAll(Schema.of(List.of(CARDS)));
            telling.write(transaction -> transaction.write(Changeset.inserts(CARDS, cards(2))));
            telling.write(transaction -> transaction.write(
                    Changeset.of(update(1, "note", "x", "n"), new Changeset.Delete(CARDS, 2L, Guard.EXISTS))));
        }
        assertThat(Servers.redis().command(url, "XRANGE", "{keepsake}::changes", "-", "+"))
                .contains("insert", "update", "delete");
        assertThat(Servers.redis().command(url, "XLEN", "{keepsake}::changes")).isEqualTo("4");
    }
}

package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a store promises that keeps its data outside this process' heap, which the build holds at 256 MB: more rows than fit
 * are written in one transaction and read by one cursor.
 */
public abstract class StreamingContract extends StoreFixture {
    /** For the tests of stores. */
    protected StreamingContract() {}

    @Test
    void rowsStreamInBoundedMemory() {
        create(PEOPLE);
        int rows = Scale.STREAMED_ROWS.size();
        try (Transaction transaction = store.begin()) {
            List<State> batch = new ArrayList<>();
            for (int i = 1; i <= rows; i++) {
                batch.add(state(PEOPLE, "id", (long) i, "name", "person number " + i, "count", i % 1_000L));
                if (batch.size() == 1_000 || i == rows) {
                    transaction.write(Changeset.inserts(PEOPLE, batch));
                    batch.clear();
                }
            }
            transaction.commit();
        }
        try (Transaction transaction = store.begin(TransactionOptions.READ);
                Cursor cursor = transaction.find(
                        Selection.of(PEOPLE).orderBy(Term.of("id").asc()))) {
            long seen = 0;
            while (cursor.next()) {
                seen++;
                assertThat(cursor.state().longAt(0)).isEqualTo(seen);
            }
            assertThat(seen).isEqualTo(rows);
        }
    }

    /** Some databases read one result of a connection at a time. */
    @Test
    void othersAreReadAndWrittenWhileAResultIsRead() {
        create(PEOPLE);
        int rows = 5_000;
        List<State> people = new ArrayList<>();
        for (int i = 1; i <= rows; i++) {
            people.add(state(PEOPLE, "id", (long) i, "name", "person number " + i, "count", 0L));
        }
        store.write(transaction -> transaction.write(Changeset.inserts(PEOPLE, people)));
        try (Transaction transaction = store.begin();
                Cursor cursor = transaction.find(
                        Selection.of(PEOPLE).orderBy(Term.of("id").desc()))) {
            long seen = 0;
            while (cursor.next()) {
                long id = cursor.state().longAt(0);
                assertThat(id).isEqualTo(rows - seen);
                seen++;
                if (seen % 500 == 0) {
                    State here = cursor.state();
                    assertThat(transaction.find(Selection.byId(PEOPLE, id)).first())
                            .isPresent();
                    transaction.write(Changeset.of(new Changeset.Update(
                            PEOPLE, state(PEOPLE, "id", id, "count", seen), List.of("count"), Guard.EXISTS)));
                    assertThat(here.get("name")).as("still the current one").isEqualTo("person number " + id);
                }
            }
            assertThat(seen).isEqualTo(rows);
            transaction.commit();
        }
        assertThat(count(PEOPLE, Term.of("count").gt(0L))).isEqualTo(rows / 500);
    }
}

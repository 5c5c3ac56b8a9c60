package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.query.Changeset;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.state.State;
import dev.keepsake.store.Cursor;
import dev.keepsake.store.Features;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every store promises: the specification of {@link dev.keepsake.store.Store}, as tests. A store's own test is this:
 *
 * <pre>{@code
 * @On("sqlite")
 * final class SqliteStoreTest extends StoreContract {
 *     @TempDir Path folder;
 *
 *     @Override
 *     protected Guarded open() {
 *         return Stores.open("sqlite:" + folder.resolve("test.db"));
 *     }
 * }
 * }</pre>
 *
 * <p>What the store's {@link Features} deny is asserted to be refused, so that no test is skipped. The suites build on each
 * other: {@link SchemaSuite}, {@link WriteSuite}, {@link QuerySuite}, {@link DifferentialSuite}.
 */
public abstract class StoreContract extends DifferentialSuite {
    /** For the tests of stores. */
    protected StoreContract() {}

    @Test
    void theStoreTellsWhatItIsWithoutSecrets() {
        assertThat(store.info().scheme()).isNotBlank();
        assertThat(store.info().toString()).doesNotContainIgnoringCase("password");
        assertThat(store.now())
                .isBetween(
                        java.time.Instant.now().minusSeconds(60),
                        java.time.Instant.now().plusSeconds(60));
        assertThat(Features.presets()).containsValue(features());
    }

    @Test
    void everyRequestIsRenderedWithoutItsValues() {
        create(PEOPLE);

        assertThat(store.render(Changeset.inserts(PEOPLE, List.of(person("secret", 1)))))
                .isNotEmpty();
        assertThat(store.render(Selection.byId(PEOPLE, 1L))).isNotEmpty();
    }

    @Test
    void rowsStreamInBoundedMemory() {
        create(PEOPLE);
        int rows = commitsMany() ? Scale.STREAMED_ROWS.size() : 100;
        boolean inMemory = store.info().scheme().equals("memory");
        int wanted = inMemory ? Math.min(rows, 50_000) : rows;
        try (Transaction transaction = store.begin()) {
            List<State> batch = new ArrayList<>();
            for (int i = 1; i <= wanted; i++) {
                batch.add(state(PEOPLE, "id", (long) i, "name", "person number " + i, "count", i % 1_000L));
                if (batch.size() == 1_000 || i == wanted) {
                    transaction.write(Changeset.inserts(PEOPLE, batch));
                    batch.clear();
                }
                if (!commitsMany()) {
                    break;
                }
            }
            if (commitsMany()) {
                transaction.commit();
            }
        }
        try (Transaction transaction = store.begin(TransactionOptions.READ);
                Cursor cursor = transaction.find(
                        Selection.of(PEOPLE).orderBy(Term.of("id").asc()))) {
            long seen = 0;
            while (cursor.next()) {
                seen++;
                assertThat(cursor.state().longAt(0)).isEqualTo(seen);
            }
            assertThat(seen).isEqualTo(commitsMany() ? wanted : 0);
        }
    }
}

package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.query.Changeset;
import dev.keepsake.query.Selection;
import dev.keepsake.store.Features;
import java.time.Instant;
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
 * other: {@link SchemaSuite}, {@link WriteSuite}, {@link QuerySuite}, {@link DifferentialSuite}, {@link SessionContract}, {@link UnitOfWorkContract}, {@link QueryContract}, {@link MappingContract}, {@link RandomSessionSuite}, {@link KeyValueContract}, {@link ExpiryContract}.
 */
public abstract class StoreContract extends ExpiryContract {
    /** For the tests of stores. */
    protected StoreContract() {}

    @Test
    void theStoreTellsWhatItIsWithoutSecrets() {
        assertThat(store.info().scheme()).isNotBlank();
        assertThat(store.info().toString()).doesNotContainIgnoringCase("password");
        assertThat(store.now())
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    }

    @Test
    void everyRequestIsRenderedWithoutItsValues() {
        create(PEOPLE);

        assertThat(store.render(Changeset.inserts(PEOPLE, List.of(person("secret", 1)))))
                .isNotEmpty();
        assertThat(store.render(Selection.byId(PEOPLE, 1L))).isNotEmpty();
    }
}

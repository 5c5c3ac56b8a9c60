package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Stores;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.TransactionOptions;
import dev.keepsake.value.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file: when it is made, what is done to it, and what is said where it is none. */
@On("sqlite")
final class SqliteFileTest {
    static final Kind PEOPLE = Kind.named("people")
            .required("id", Type.INTEGER)
            .id("id")
            .generated(Generation.IDENTITY)
            .field("name", Type.TEXT)
            .build();

    @TempDir
    Path folder = Path.of("");

    private static State person(String name) {
        return Raw.state(PEOPLE, "name", name);
    }

    private static void create(Guarded store) {
        store.createAll(Schema.of(List.of(PEOPLE)));
    }

    @Test
    @Row("S1-01")
    void theFileIsMadeAtTheFirstWriteAndNotBefore() {
        Path file = folder.resolve("a.db");
        try (Guarded store = Stores.open("sqlite:" + file)) {
            assertThat(store.inspect().kinds()).isEmpty();
            Raw.refused(Problem.UNKNOWN_KIND, () -> Raw.all(store, PEOPLE));
            assertThat(file).doesNotExist();
            create(store);
            assertThat(file).exists();
        }
        assertThat(new Raw(file).rows("pragma journal_mode")).containsExactly("wal");
    }

    @Test
    @Row("S1-02")
    void twoDatabasesInMemoryAreTwo() {
        try (Guarded one = Stores.open("sqlite::memory:");
                Guarded other = Stores.open("sqlite::memory:")) {
            create(one);
            Raw.insert(one, PEOPLE, person("Bob"));

            assertThat(Raw.values(one, PEOPLE, "name", Condition.all())).containsExactly("Bob");
            assertThat(other.inspect().kinds()).isEmpty();
        }
    }

    @Test
    void whatWasReadBeforeTheFileWasThereIsNotTakenForItAfterwards() {
        try (Guarded store = Raw.in(folder).open()) {
            try (Transaction early = store.begin(TransactionOptions.READ)) {
                Raw.refused(Problem.UNKNOWN_KIND, () -> early.find(Selection.of(PEOPLE)));
                create(store);
                Raw.insert(store, PEOPLE, person("Bob"));
            }

            Raw.insert(store, PEOPLE, person("Jill"));
            assertThat(Raw.values(store, PEOPLE, "name", Condition.all())).containsExactly("Bob", "Jill");
        }
        assertThat(Raw.in(folder).rows("select name from people")).containsExactly("Bob", "Jill");
    }

    @Test
    void afterTheFileWasDeletedWritesGoToANewOne() throws IOException {
        try (Guarded store = Raw.in(folder).open()) {
            create(store);
            try (Transaction transaction = store.begin()) {
                transaction.find(Selection.of(PEOPLE)).list();
            }
            for (String suffix : List.of("", "-wal", "-shm")) {
                Files.deleteIfExists(Path.of(Raw.in(folder).file() + suffix));
            }
            create(store);
            Raw.insert(store, PEOPLE, person("Bob"));
        }
        assertThat(Raw.in(folder).rows("select name from people")).containsExactly("Bob");
    }

    @Test
    void readingAFileThatOthersMadeLeavesItByteForByte() throws IOException {
        Raw raw = Raw.in(folder)
                .run("create table people (id integer primary key, name text)", "insert into people values (1, 'Bob')");
        byte[] before = Files.readAllBytes(raw.file());
        for (String mode : List.of("", "?mode=ro", "?mode=rw")) {
            try (Guarded store = Stores.open(raw.url() + mode)) {
                assertThat(Raw.values(store, Raw.kind(store, "people"), "name", Condition.all()))
                        .containsExactly("Bob");
                assertThat(Raw.values(store, PEOPLE, "id", Condition.all(), "name"))
                        .containsExactly(1L);
                assertThat(folder.toFile().list()).containsExactly("other.db");
            }
        }

        assertThat(Files.readAllBytes(raw.file())).isEqualTo(before);
        assertThat(folder.toFile().list()).containsExactly("other.db");
    }

    @Test
    void writingRowsAddsNothingOfOursToAFileThatOthersMade() {
        Raw raw = Raw.in(folder).run("create table people (id integer primary key, name text)");
        List<String> before = raw.schema();
        try (Guarded store = raw.open()) {
            create(store);
            Raw.insert(store, Raw.kind(store, "people"), person("Bob"));
            Raw.insert(store, PEOPLE, person("Jill"));
        }

        assertThat(raw.schema()).isEqualTo(before);
        assertThat(raw.rows("select * from people")).containsExactly("1|Bob", "2|Jill");
        assertThat(raw.rows("pragma journal_mode")).containsExactly("delete");
        assertThat(folder.toFile().list()).containsExactly("other.db");
    }

    @Test
    void readOnlyIsReadOnly() {
        Raw raw = Raw.in(folder).run("create table people (id integer primary key, name text)");
        try (Guarded store = Stores.open(raw.url() + "?mode=ro")) {
            Raw.refused(Problem.STORE_READ_ONLY, () -> Raw.insert(store, PEOPLE, person("Bob")));
            assertThat(Raw.all(store, PEOPLE)).isEmpty();
        }
    }

    @Test
    void whatIsNoDatabaseIsRefusedWithWhatItIs() throws IOException {
        Path text = Files.writeString(folder.resolve("text.db"), "this is no database, but a text ".repeat(100));

        Raw.refused(Problem.FILE_MISSING, () -> Stores.open("sqlite:" + folder.resolve("no.db") + "?mode=rw"));
        Raw.refused(Problem.FILE_MISSING, () -> Stores.open("sqlite:" + folder.resolve("no.db") + "?mode=ro"));
        Raw.refused(Problem.NOT_A_DATABASE, () -> Stores.open("sqlite:" + folder));
        Raw.refused(Problem.MALFORMED_URL, () -> Stores.open("sqlite:a.db?mod=ro"));
        Raw.refused(Problem.MALFORMED_URL, () -> Stores.open("sqlite:a.db?mode=rx"));
        Raw.refused(Problem.MALFORMED_URL, () -> Stores.open("sqlite:a.db?maxPages=0"));
        Raw.refused(Problem.MALFORMED_URL, () -> Stores.open("sqlite:"));
        try (Guarded store = Stores.open("sqlite:" + folder.resolve("no/folder/a.db"))) {
            assertThat(Raw.refused(Problem.STORE_UNREACHABLE, () -> create(store))
                            .hint()
                            .orElseThrow())
                    .contains("folder");
        }
        try (Guarded store = Stores.open("sqlite:" + text)) {
            Raw.refused(Problem.NOT_A_DATABASE, store::inspect);
            Raw.refused(Problem.NOT_A_DATABASE, () -> create(store));
        }
        assertThat(text).hasContent("this is no database, but a text ".repeat(100));
    }

    @Test
    void anEmptyFileIsAnEmptyDatabase() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.db"));
        try (Guarded store = Stores.open("sqlite:" + empty)) {
            assertThat(store.inspect().kinds()).isEmpty();
            create(store);
            Raw.insert(store, PEOPLE, person("Bob"));
        }
        assertThat(new Raw(empty).rows("select name from people")).containsExactly("Bob");
    }

    @Test
    void aDamagedDatabaseIsSaidToBe() throws IOException {
        Raw raw = Raw.in(folder)
                .run(
                        "create table people (id integer primary key, name text)",
                        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)"
                                + " insert into people select i, 'person number ' || i from n");
        byte[] whole = Files.readAllBytes(raw.file());
        Files.write(raw.file(), Arrays.copyOf(whole, whole.length / 2));
        try (Guarded store = raw.open()) {
            Raw.refused(Problem.NOT_A_DATABASE, () -> Raw.all(store, PEOPLE));
        }
        Arrays.fill(whole, 4096, whole.length, (byte) 0x5a);
        Files.write(raw.file(), whole);
        try (Guarded store = raw.open()) {
            Raw.refused(Problem.NOT_A_DATABASE, () -> Raw.all(store, PEOPLE));
        }
    }

    @Test
    void aFullDatabaseKeepsNothingOfTheTransactionAndIsUsableAfterwards() {
        Path file = folder.resolve("full.db");
        try (Guarded store = Stores.open("sqlite:" + file + "?maxPages=20")) {
            create(store);
            Raw.insert(store, PEOPLE, person("Bob"));
            try (Transaction transaction = store.begin()) {
                transaction.write(Changeset.inserts(PEOPLE, List.of(person("small"))));
                Raw.refused(
                        Problem.STORE_FULL,
                        () -> transaction.write(Changeset.inserts(PEOPLE, List.of(person("x".repeat(200_000))))));
                Raw.refused(Problem.TRANSACTION_FAILED, transaction::commit);
            }

            assertThat(Raw.values(store, PEOPLE, "name", Condition.all())).containsExactly("Bob");
            Raw.insert(store, PEOPLE, person("Jill"));
        }
        assertThat(new Raw(file).rows("select name from people")).containsExactly("Bob", "Jill");
    }
}

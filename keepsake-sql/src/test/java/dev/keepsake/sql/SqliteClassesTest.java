package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Ref;
import dev.keepsake.contract.On;
import dev.keepsake.contract.Row;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records on tables of ours, and on tables that were there before them. */
@On("sqlite")
final class SqliteClassesTest {
    enum Level {
        LOW,
        HIGH
    }

    record Project(
            long id,
            String name,
            Level level,
            Instant created,
            BigDecimal price,
            UUID code,
            List<String> tags,
            boolean open) {}

    record Event(long id, String name, Instant created, Level level, LocalDate day) {}

    record Misfit(long id, Instant created, boolean name, Level missing) {}

    private static final Project PROJECT = new Project(
            7,
            "boto",
            Level.HIGH,
            Instant.parse("2018-05-31T01:44:52.123Z"),
            new BigDecimal("12.5"),
            new UUID(1, 2),
            List.of("aws", "s3"),
            true);

    @TempDir
    Path folder = Path.of("");

    private static <T> List<T> read(Guarded store, Codec<T> codec) {
        return store.read(
                transaction -> transaction.find(Selection.of(codec.kind())).list(codec::decode));
    }

    @Test
    void aRecordIsKeptOnATableOfOursAndReadBack() {
        Codec<Project> codec = Codecs.codec(Project.class);
        try (Guarded store = Raw.in(folder).open()) {
            store.createAll(Schema.of(List.of(codec.kind())));
            Raw.insert(store, codec.kind(), codec.encode(PROJECT));

            assertThat(read(store, codec)).containsExactly(PROJECT);
            assertThat(Raw.values(
                            store,
                            codec.kind(),
                            "id",
                            Term.of("code")
                                    .eq(PROJECT.code())
                                    .and(Term.of("tags").has("s3"))))
                    .containsExactly(7L);
        }
    }

    @Test
    void aRecordOnATableThatWasThereTakesTheColumnsTypes() {
        Codec<Event> codec = Codecs.codec(Event.class);
        Kind kind = codec.kind();
        Raw raw = Raw.in(folder)
                .run(
                        "create table event (id integer primary key, name varchar(10), created datetime, level varchar(4),"
                                + " day date, other text default 'kept')",
                        "insert into event values (1, 'first', '2018-05-31T03:44:52.123456+02:00', 'LOW', '2018-05-31', 'mine')",
                        "insert into event values (2, 'second', '2018-05-31 01:44:52', 'HIGH', null, 'too')");
        try (Guarded store = raw.open()) {
            State loaded = Raw.all(store, kind).getFirst();
            Event first = codec.decode(loaded);
            Event moved = new Event(1, "first", Instant.parse("2019-01-02T03:04:05Z"), Level.HIGH, first.day());
            store.write(transaction -> transaction.write(Changeset.of(
                    new Changeset.Update(
                            kind,
                            codec.encode(moved),
                            List.of("created", "level"),
                            Guard.of(loaded, List.of("created", "level"))),
                    new Changeset.Insert(kind, codec.encode(new Event(3, "third", Instant.EPOCH, Level.LOW, null))))));

            assertThat(first.created()).isEqualTo(Instant.parse("2018-05-31T01:44:52.123456Z"));
            assertThat(first.day()).isEqualTo(LocalDate.of(2018, 5, 31));
            assertThat(Raw.values(
                            store, kind, "id", Term.of("created").lt(Instant.parse("2018-06-01T00:00:00Z")), "id"))
                    .containsExactly(2L, 3L);
        }
        assertThat(raw.rows("select * from event"))
                .containsExactly(
                        "1|first|2019-01-02T05:04:05.000000+02:00|HIGH|2018-05-31|mine",
                        "2|second|2018-05-31 01:44:52|HIGH|null|too",
                        "3|third|1970-01-01 00:00:00.000000|LOW|null|kept");
    }

    @Test
    void aClassThatDoesNotFitIsRefusedWithAllMisfitsTogether() {
        Kind kind = Codecs.codec(Misfit.class).kind();
        Kind finer = Kind.named("misfit")
                .required("id", Type.INTEGER)
                .id("id")
                .field("created", new Type.Instant(9))
                .build();
        Raw raw =
                Raw.in(folder).run("create table misfit (id integer primary key, created datetime, name varchar(10))");
        try (Guarded store = raw.open()) {
            Fault fault = Raw.refused(Problem.KIND_MISMATCH, () -> Raw.all(store, kind));
            Fault precision = Raw.refused(Problem.KIND_MISMATCH, () -> Raw.all(store, finer));

            assertThat(fault.sentence()).contains("name is boolean", "varchar(10)", "it has no missing");
            assertThat(precision.sentence()).contains("created is instant(9)");
        }
    }

    @Test
    void aUuidInCapitalsIsTheSameUuid() {
        record Coded(long id, UUID code) {}
        Codec<Coded> codec = Codecs.codec(Coded.class);
        Kind kind = codec.kind();
        Raw raw = Raw.in(folder)
                .run(
                        "create table coded (id integer primary key, code char(36))",
                        "insert into coded values (1, '00000000-0000-000A-0000-00000000000B')");
        try (Guarded store = raw.open()) {
            State loaded = Raw.all(store, kind).getFirst();
            Coded changed = new Coded(1, new UUID(1, 1));
            store.write(transaction -> transaction.write(Changeset.of(new Changeset.Update(
                    kind, codec.encode(changed), List.of("code"), Guard.of(loaded, List.of("code"))))));

            assertThat(codec.decode(loaded).code()).isEqualTo(new UUID(10, 11));
            assertThat(read(store, codec)).containsExactly(changed);
        }
    }

    record Parent(long id) {}

    record Child(long id, @Nullable Ref<Parent> parent) {}

    @Test
    @Row("MP-63")
    void whatOthersReferToIsNotDeletedWhereTheTableHasNoForeignKeyEither() {
        Raw raw = Raw.in(folder)
                .run(
                        "create table parent (id integer primary key)",
                        "create table child (id integer primary key, parent_id integer)",
                        "create table kin (id integer primary key, parent_id integer references parent on delete cascade)",
                        "insert into parent values (1), (2)",
                        "insert into child values (10, 1)");
        try (Keepsake keepsake = Keepsake.open(raw.url(), Parent.class, Child.class)) {
            Fault fault = catchThrowableOfType(
                    Fault.class,
                    () -> keepsake.useTransaction(session -> session.delete(session.get(Parent.class, 1L))));
            assertThat(fault.sentence()).isEqualTo("child 10 still refers to parent 1");
            assertThat(keepsake.query(Parent.class).count()).isEqualTo(2);
            keepsake.useTransaction(session -> session.delete(session.get(Parent.class, 2L)));
            keepsake.useTransaction(session -> {
                session.delete(session.get(Child.class, 10L));
                session.delete(session.get(Parent.class, 1L));
            });
            assertThat(keepsake.query(Parent.class).exists()).isFalse();
        }
    }
}

package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.schema.Schema;
import dev.keepsake.store.Features;
import dev.keepsake.store.Stores;
import dev.keepsake.value.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Kinds: created, read back from the store, changed. */
public abstract class SchemaSuite extends StoreFixture {
    private static final Kind MAKERS =
            Kind.named("makers").required("name", Type.TEXT).id("name").build();

    private static final Kind CARS = Kind.named("cars")
            .required("plate", new Type.Text(12))
            .id("plate")
            .field("maker", Type.TEXT)
            .required("doors", new Type.Int(8))
            .field("price", Type.decimal(10, 2))
            .field("seen", Type.instant(3))
            .field("notes", Type.ANY)
            .index(Index.of("cars_by_price", "-price", "plate"))
            .index(Index.unique("cars_once", "maker", "doors"))
            .reference(Reference.of("maker", "makers", "name"))
            .check("some_doors", "doors > 0")
            .build();

    /** For suites. */
    protected SchemaSuite() {}

    @Test
    @Row("S1-30")
    void anUnknownSchemeIsRefusedWithTheKnownOnes() {
        Fault fault = refused(Problem.UNKNOWN_SCHEME, () -> Stores.open("sqllite:x.db"));

        assertThat(fault.facts().get("known")).asString().contains("memory");
    }

    @Test
    @Row("S1-31")
    void aKindIsReadBackAsItWasCreated() {
        create(CARS, MAKERS);

        Kind read = store.inspect().kind("cars");

        assertThat(read.id()).containsExactly("plate");
        assertThat(read.fields())
                .extracting(Field::name)
                .containsExactly("plate", "maker", "doors", "price", "seen", "notes");
        assertThat(read.fields())
                .extracting(Field::type)
                .isEqualTo(CARS.fields().stream().map(Field::type).toList());
        assertThat(read.fields()).extracting(Field::required).containsExactly(true, false, true, false, false, false);
        assertThat(read.indexes()).containsExactlyInAnyOrderElementsOf(CARS.indexes());
        assertThat(read.references())
                .as("names of references that have none are the store's to choose")
                .extracting(Reference::toString)
                .isEqualTo(CARS.references().stream().map(Reference::toString).toList());
        assertThat(read.checks())
                .singleElement()
                .satisfies(check -> assertThat(check.name()).isEqualTo("some_doors"));
    }

    @Test
    @Row("S1-32")
    void creatingTwiceKeepsWhatIsThere() {
        insertPeople();

        assertThat(store.createAll(Schema.of(List.of(PEOPLE)))).isEmpty();

        assertThat(count(PEOPLE)).isEqualTo(3);
    }

    @Test
    @Row({"S1-63", "S0-16"})
    void theNamesOfKindsAreListed() {
        assertThat(store.inspect().names()).isEmpty();

        create(PEOPLE);

        assertThat(store.inspect().names()).containsExactly("people");
        assertThat(count(PEOPLE)).isZero();
    }

    @Test
    @Row("S0-16")
    void aKindThatIsNotThereIsEmptyOrRefused() {
        if (features().absentKinds() == Features.AbsentKinds.EMPTY) {
            assertThat(find(Selection.of(PEOPLE))).isEmpty();
            assertThat(count(PEOPLE)).isZero();
        } else {
            create(MAKERS);
            Kind near =
                    Kind.named("maker").required("name", Type.TEXT).id("name").build();
            Fault fault = refused(Problem.UNKNOWN_KIND, () -> find(Selection.of(near)));
            assertThat(fault.hint()).get().asString().contains("makers");
        }
    }

    @Test
    void kindsAreCreatedInReferenceOrder() {
        create(CARS, MAKERS);

        insert(MAKERS, state(MAKERS, "name", "zonda"));
        insert(CARS, state(CARS, "plate", "a", "maker", "zonda", "doors", 2L));
        assertThat(find(CARS, Condition.all())).hasSize(1);
    }

    @Test
    void aReferenceToAKindThatIsNowhereIsRefusedAndNothingIsCreated() {
        Kind lost = CARS.toBuilder()
                .name("lost")
                .reference(Reference.of("maker", "maker", "name"))
                .build();

        refused(Problem.UNKNOWN_KIND, () -> create(lost));

        assertThat(store.inspect().names()).doesNotContain("lost");
    }

    @Test
    void aKindIsCreatedOnce() {
        create(PEOPLE);

        refused(Problem.REQUEST_INVALID, () -> alter(new Alteration.CreateKind(PEOPLE)));
    }

    @Test
    void aKindIsDropped() {
        insertPeople();

        alter(new Alteration.DropKind("people"));

        assertThat(store.inspect().names()).isEmpty();
        refused(Problem.UNKNOWN_KIND, () -> alter(new Alteration.DropKind("people")));
    }

    @Test
    void aFieldIsAddedAndIsNullInWhatWasThere() {
        insertPeople();

        alter(new Alteration.AddField("people", Field.of("email", Type.TEXT)));

        Kind now = store.inspect().kind("people");
        assertThat(now.field("email")).isPresent();
        assertThat(find(now, Term.of("email").isNull())).hasSize(3);
        refused(Problem.MODEL_INVALID, () -> alter(new Alteration.AddField("people", Field.of("email", Type.TEXT))));
    }

    @Test
    void aRequiredFieldIsAddedOnlyWhereNothingLacksIt() {
        create(PEOPLE);
        alter(new Alteration.AddField("people", Field.required("email", Type.TEXT)));
        assertThat(store.inspect().kind("people").field("email").orElseThrow().required())
                .isTrue();

        insert(store.inspect().kind("people"), state(store.inspect().kind("people"), "email", "a@b"));
        refused(
                Problem.REQUIRED_VIOLATION,
                () -> alter(new Alteration.AddField("people", Field.required("born", Type.DATE))));
        assertThat(count(PEOPLE)).isEqualTo(1);
    }

    @Test
    void aFieldIsDropped() {
        insertPeople();

        alter(new Alteration.DropField("people", "count"));

        Kind now = store.inspect().kind("people");
        assertThat(now.field("count")).isEmpty();
        assertThat(find(now, Condition.all()))
                .allSatisfy(state -> assertThat(state.get("count")).isNull());
        refused(Problem.UNKNOWN_FIELD, () -> alter(new Alteration.DropField("people", "counts")));
        refused(Problem.MODEL_INVALID, () -> alter(new Alteration.DropField("people", "name")));
    }

    @Test
    void kindsAndFieldsAreRenamed() {
        insertPeople();
        Alteration kind = new Alteration.RenameKind("people", "persons");
        Alteration field = new Alteration.RenameField("people", "count", "number");
        if (features().renames() == Features.Renames.NONE) {
            refused(Problem.FEATURE_MISSING, () -> alter(field));
            refused(Problem.FEATURE_MISSING, () -> alter(kind));
            return;
        }

        alter(field, kind);

        Kind now = store.inspect().kind("persons");
        assertThat(values("number", Selection.of(now).orderBy(Term.of("id").asc())))
                .containsExactly(1L, 15L, 10L);
        assertThat(store.inspect().names()).containsExactly("persons");
    }

    @Test
    void indexesAreAddedAndDropped() {
        insertPeople();

        alter(new Alteration.AddIndex("people", Index.of("by_count", "-count")));
        assertThat(store.inspect().kind("people").indexes())
                .extracting(Index::name)
                .contains("by_count");

        alter(new Alteration.DropIndex("people", "by_count"));
        assertThat(store.inspect().kind("people").indexes())
                .extracting(Index::name)
                .doesNotContain("by_count");
        refused(Problem.REQUEST_INVALID, () -> alter(new Alteration.DropIndex("people", "by_count")));
    }

    @Test
    void aUniqueIndexIsRefusedWhereObjectsViolateIt() {
        create(PEOPLE);
        insert(PEOPLE, person("Bob", 1), person("Bob", 2));

        refused(
                Problem.UNIQUE_VIOLATION,
                () -> alter(new Alteration.AddIndex("people", Index.unique("one_name", "name"))));

        assertThat(count(PEOPLE)).isEqualTo(2);
    }

    @Test
    void aChangeOfSchemaBelongsToItsTransactionAsTheFeaturesSay() {
        try (var transaction = store.begin()) {
            transaction.alter(List.of(new Alteration.CreateKind(PEOPLE)));
            transaction.rollback();
        }

        boolean kept = features().alterations() != Features.AlterationScope.TRANSACTIONAL;
        assertThat(store.inspect().find("people").isPresent()).isEqualTo(kept);
    }
}

package dev.keepsake.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;
import dev.keepsake.state.State;
import dev.keepsake.value.Id;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class KindTest {
    private static final Kind LINKS = Kind.named("links")
            .required("user_id", Type.INTEGER)
            .required("package_id", Type.TEXT)
            .id("user_id", "package_id")
            .field("info", new Type.Struct(Map.of("license", Type.TEXT)))
            .build();

    private static Kind referring(String name, String... targets) {
        Kind.Builder kind = Kind.named(name).required("id", Type.INTEGER).id("id");
        for (String target : targets) {
            kind.reference(Reference.of("id", target, "id"));
        }
        return kind.build();
    }

    @Test
    void allMistakesAreReportedTogether() {
        Invalid fault = catchThrowableOfType(
                Invalid.class,
                () -> Kind.named("")
                        .field("a", Type.TEXT)
                        .field("a", Type.TEXT)
                        .field("", Type.TEXT)
                        .id("a", "x", "a")
                        .version("v")
                        .generated(Generation.IDENTITY)
                        .index(Index.of("i", "y"))
                        .index(Index.of("i", "(lower(a))"))
                        .index(Index.of("empty"))
                        .reference(
                                new Reference("", List.of("z", "a"), "other", List.of("id"), Reference.OnDelete.REFUSE))
                        .build());
        assertThat(fault.problem()).isEqualTo(Problem.MODEL_INVALID);
        assertThat(fault.sentence().split("; "))
                .containsExactlyInAnyOrder(
                        "kind  cannot be: its name is empty",
                        "two fields are named a",
                        "the name of a field is empty",
                        "the id names x, which is no field",
                        "the id names a, more than once",
                        "only an id of one field can be generated",
                        "the version names v, which is no field",
                        "two indexes are named i, more than once",
                        "index i names y, which is no field",
                        "index empty has no fields",
                        "the reference to other names z, which is no field",
                        "the reference to other has 2 fields for 1");
        assertThatThrownBy(() -> Kind.named("x").build()).hasMessageContaining("it has no fields");
    }

    @Test
    void aKindBuiltAnewIsEqual() {
        Kind kind = LINKS.toBuilder()
                .index(Index.unique("u", "-package_id"))
                .check("c", "user_id > 0")
                .build();
        assertThat(kind.toBuilder().build()).isEqualTo(kind).hasSameHashCodeAs(kind);
        assertThat(kind).isNotEqualTo(LINKS);
        assertThat(kind.indexes().getFirst()).hasToString("u(-package_id) unique");
        assertThat(LINKS.toBuilder().readOnly().build().writable()).isFalse();
    }

    @Test
    void pathsLeadToTypesAndWrongOnesHintAtNearNames() {
        assertThat(LINKS.typeAt(Path.parse("info.license"))).isEqualTo(Type.TEXT);
        assertThatThrownBy(() -> LINKS.typeAt(Path.of("packageid")))
                .hasMessageStartingWith("kind links has no field packageid\n")
                .hasMessageContaining("did you mean package_id?");
        assertThatThrownBy(() -> LINKS.typeAt(Path.parse("info.licence")))
                .hasMessageContaining("did you mean license?");
        assertThatThrownBy(() -> LINKS.typeAt(Path.parse("user_id.x"))).hasMessageContaining("has no x inside");
        assertThatThrownBy(() -> LINKS.typeAt(Path.of("a\nb")))
                .hasMessageStartingWith("kind links has no field a\\u000ab\n");
    }

    @Test
    void theIdOfAStateIsReadByItsFields() {
        State state = LINKS.state(Map.of("package_id", "boto", "user_id", 7, "more", 1, "", 2));
        assertThat(LINKS.idOf(state)).isEqualTo(Id.of("user_id", 7, "package_id", "boto"));
        assertThat(LINKS.idOf(LINKS.state(Map.of("user_id", 7)))).isNull();
        assertThat(LINKS.partOf(Id.of("user_id", 7, "package_id", "boto"), "user_id"))
                .isEqualTo(7L);
        assertThatThrownBy(() -> LINKS.partOf(7L, "user_id")).isInstanceOf(Invalid.class);
        assertThat(state.extra()).isEqualTo(Map.of("more", 1L, "", 2L));
        assertThat(state.has(2)).isFalse();
        assertThatThrownBy(() -> LINKS.state(Map.of("user_id", "x"))).hasMessageContaining("at        user_id");
        Kind bag = Kind.named("bag").field("a", Type.TEXT).build();
        assertThat(bag.isBag()).isTrue();
        assertThat(bag.idOf(bag.state(Map.of("a", "x")))).isNull();
    }

    @Test
    void kindsComeAfterThoseTheyReferTo() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<Kind> kinds = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                List<String> targets = new ArrayList<>(List.of("k" + i, "elsewhere"));
                for (int j = 0; j < i; j++) {
                    if (random.nextInt(4) == 0) {
                        targets.add("k" + j);
                    }
                }
                kinds.add(referring("k" + i, targets.toArray(String[]::new)));
            }
            Collections.shuffle(kinds, random);
            List<Kind> ordered = Schema.of(kinds).inReferenceOrder();
            assertThat(ordered).containsExactlyInAnyOrderElementsOf(kinds);
            List<String> names = ordered.stream().map(Kind::name).toList();
            ordered.forEach(kind -> kind.references()
                    .forEach(reference -> assertThat(names.indexOf(reference.kind()))
                            .as("seed %d: %s in %s", seed, reference, names)
                            .isLessThanOrEqualTo(names.indexOf(kind.name()))));
        }
    }

    @Test
    void kindsInARingAreAllThereOnce() {
        Schema ring =
                Schema.of(List.of(referring("a", "b"), referring("b", "c"), referring("c", "a", "d"), referring("d")));
        List<String> names = ring.inReferenceOrder().stream().map(Kind::name).toList();
        assertThat(names).containsExactlyInAnyOrder("a", "b", "c", "d").containsSubsequence("d", "c");
    }

    @Test
    void aSchemaFindsItsKinds() {
        Schema schema = Schema.of(List.of(LINKS));
        assertThat(schema.kind("links")).isSameAs(LINKS);
        assertThat(schema.find("x")).isEmpty();
        assertThatThrownBy(() -> schema.kind("link")).hasMessageContaining("did you mean links?");
        assertThatThrownBy(() -> Schema.of(List.of(LINKS, LINKS))).isInstanceOf(IllegalArgumentException.class);
    }
}

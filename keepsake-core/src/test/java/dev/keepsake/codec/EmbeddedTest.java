package dev.keepsake.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Corrupt;
import dev.keepsake.fault.Invalid;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import jakarta.persistence.AttributeOverride;
import jakarta.persistence.AttributeOverrides;
import jakarta.persistence.Column;
import jakarta.persistence.DiscriminatorValue;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Classes inside others: as fields of their own, inside one field, and one of several. */
final class EmbeddedTest {
    @Embeddable
    record Geo(double lat, double lon) {}

    @Embeddable
    record Street(
            String name,

            @AttributeOverride(name = "lon", column = @Column(name = "east"))
            Geo geo) {}

    record House(
            long id,

            @AttributeOverride(name = "geo.lat", column = @Column(name = "north")) @NotNull
            Street street,

            @AttributeOverrides({
                @AttributeOverride(name = "name", column = @Column(name = "back")),
                @AttributeOverride(name = "geo.lat", column = @Column(name = "back_lat")),
                @AttributeOverride(name = "geo.lon", column = @Column(name = "back_lon"))
            })
            Street back) {}

    private static String mistakes(Class<?>... types) {
        Invalid refusal = catchThrowableOfType(Invalid.class, () -> Codecs.of(types));
        return String.valueOf(refusal.facts().get("mistakes")).replace(EmbeddedTest.class.getName() + "$", "");
    }

    @Test
    void embeddedInEmbeddedIsKeptBesideTheOthersUnderTheOuterNames() {
        Codec<House> codec = Codecs.codec(House.class);
        assertThat(codec.kind().shape().slots())
                .extracting(slot -> slot.name())
                .containsExactly("id", "name", "north", "east", "back", "back_lat", "back_lon");
        House house = new House(1, new Street("a", new Geo(1, 2)), null);
        State state = codec.encode(house);
        assertThat(codec.decode(state)).isEqualTo(house);
        assertThat(codec.holds(house, state)).isTrue();
        assertThat(codec.stored(Path.parse("street.geo.lat"))).isEqualTo(Path.of("north"));
        assertThat(codec.with(house, "north", 7.0)).isEqualTo(new House(1, new Street("a", new Geo(7, 2)), null));
        assertThat(codec.mistakes(new House(1, null, null))).containsExactly("street: must not be null, was null");
    }

    record Misnamed(
            long id,

            @Embedded @AttributeOverride(name = "let", column = @Column(name = "y"))
            Geo geo) {}

    record More(
            long id,

            @Embedded @AttributeOverride(name = "lat", column = @Column(name = "y", nullable = false))
            Geo geo) {}

    record Named(long id, @Column(name = "where") Geo geo) {}

    record Twice(long id, Geo from, Geo to) {}

    @Embeddable
    record Identified(@Id long key) {}

    record Inner(long id, Identified inner) {}

    @Test
    void whatIsSaidOfEmbeddedMembersAndMeansNothingIsRefused() {
        assertThat(mistakes(Misnamed.class)).contains("Geo: @AttributeOverride names let, which is no member of it");
        assertThat(mistakes(More.class)).contains("@AttributeOverride(lat) gives another name and nothing else");
        assertThat(mistakes(Named.class)).contains("Named.geo: @Column is for the members of what is embedded");
        assertThat(mistakes(Twice.class)).contains("two fields are named lat");
        assertThat(mistakes(Inner.class))
                .contains("Identified.key: @Id says nothing where the class is kept inside another");
    }

    @MappedSuperclass
    static class Base {
        @Id
        long id;

        String name;
    }

    @AttributeOverride(name = "name", column = @Column(name = "title"))
    static final class Derived extends Base {}

    @AttributeOverride(name = "nam", column = @Column(name = "title"))
    static final class Mistaken extends Base {}

    @Test
    void inheritedMembersAreRenamedByTheClass() {
        assertThat(Codecs.codec(Derived.class).kind().fields()).hasToString("[id integer required, title text]");
        assertThat(mistakes(Mistaken.class)).contains("@AttributeOverride names nam, which is no member of it");
    }

    sealed interface Payment permits Card, Cash, Other {}

    record Card(@NotNull String number) implements Payment {}

    @DiscriminatorValue("cash")
    record Cash(int amount) implements Payment {}

    @TypeId("?")
    record Other(List<Payment> parts) implements Payment {}

    record Bill(long id, Payment payment, List<Payment> others) {}

    sealed interface Shape permits Circle, Square {}

    record Circle(int size) implements Shape {}

    record Square(double size) implements Shape {}

    record Drawing(long id, Shape shape) {}

    record Flattened(long id, @Embedded Shape shape) {}

    sealed interface Simple permits One, Two {}

    record One(String text) implements Simple {}

    @DiscriminatorValue("2")
    record Two(String text, Integer more) implements Simple {}

    record Holder(long id, Simple one, Map<String, Simple> many) {}

    @Test
    void aSealedTypeIsKeptInsideOneFieldWithAMark() {
        Codec<Holder> codec = Codecs.codec(Holder.class);
        Holder holder = new Holder(1, new Two("a", 2), Map.of("k", new One("b")));
        State state = codec.encode(holder);
        assertThat(state.get("one")).isEqualTo(Map.of("dtype", "2", "text", "a", "more", 2L));
        assertThat(state.get("many")).isEqualTo(Map.of("k", Map.of("dtype", "One", "text", "b")));
        assertThat(codec.decode(state)).isEqualTo(holder);
        assertThat(codec.holds(holder, state)).isTrue();
        assertThat(codec.stored(Path.parse("one.more"))).isEqualTo(Path.parse("one.more"));
        Corrupt corrupt =
                catchThrowableOfType(Corrupt.class, () -> codec.decode(state.with("one", Map.of("dtype", "3"))));
        assertThat(corrupt.sentence()).contains("one: expected a map whose dtype is one of One, 2, not 3");
    }

    @Test
    void sealedTypesThatCannotBeKeptAreRefusedWithTheReason() {
        assertThat(mistakes(Bill.class)).contains("it contains itself");
        assertThat(mistakes(Drawing.class)).contains("Shape keeps size as integer(32) and as double");
        assertThat(mistakes(Flattened.class)).contains("without @Embedded a sealed type is kept inside one field");
    }

    record Comment(@Column(nullable = false) String text, Integer likes) {}

    record Post(String id, List<Comment> comments) {}

    @Test
    void aStoredValueThatLacksOrHasMoreThanItsClassIsNoChange() {
        Codec<Post> codec = Codecs.codec(Post.class);
        State lacking = State.of(codec.kind().shape(), "p", List.of(Map.of("text", "a", "old", 1L)));
        Post post = codec.decode(lacking);
        assertThat(post).isEqualTo(new Post("p", List.of(new Comment("a", null))));
        assertThat(codec.holds(post, lacking)).isTrue();
        assertThat(codec.changes(post, lacking)).isEmpty();
        Post other = new Post("p", List.of(new Comment("b", null)));
        assertThat(codec.changes(other, lacking)).containsExactly("comments");
        assertThat(codec.mistakes(new Post("p", List.of(new Comment(null, 1)))))
                .containsExactly("comments[0].text: is required, was null");
    }
}

package dev.keepsake.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Corrupt;
import dev.keepsake.fault.Invalid;
import dev.keepsake.state.State;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Convert;
import jakarta.persistence.Converter;
import jakarta.persistence.Id;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Members that are kept as something else than they are. */
final class ConvertersTest {
    record Isbn(String text) {}

    static final class Isbns implements AttributeConverter<Isbn, String> {
        @Override
        public String convertToDatabaseColumn(Isbn isbn) {
            return isbn.text().isEmpty() ? null : isbn.text();
        }

        @Override
        public Isbn convertToEntityAttribute(String text) {
            if (text.startsWith("?")) {
                throw new IllegalStateException("no isbn");
            }
            return new Isbn(text.toUpperCase(Locale.ROOT));
        }
    }

    @Converter(autoApply = true)
    static final class YesNo implements AttributeConverter<Boolean, String> {
        @Override
        public String convertToDatabaseColumn(Boolean truth) {
            return truth ? "Y" : "N";
        }

        @Override
        public Boolean convertToEntityAttribute(String text) {
            return text.equals("Y");
        }
    }

    static final class Tags implements AttributeConverter<List<String>, String> {
        @Override
        public String convertToDatabaseColumn(List<String> tags) {
            return String.join(",", tags);
        }

        @Override
        public List<String> convertToEntityAttribute(String text) {
            return List.of(text.split(","));
        }
    }

    record Book(
            @Id @Convert(converter = Isbns.class) Isbn isbn,
            @Convert(converter = Isbns.class) List<Isbn> list,
            @Convert(converter = Isbns.class) Set<Isbn> set,
            @Convert(converter = Isbns.class) Map<String, Isbn> map,
            @Convert(converter = Isbns.class) Optional<Isbn> optional,
            @Convert(converter = Tags.class) List<String> tags,
            boolean printed,
            Boolean sold,
            @Convert(disableConversion = true) boolean plain) {}

    private static final Book BOOK = new Book(
            new Isbn("A"),
            List.of(new Isbn("B")),
            Set.of(new Isbn("C")),
            Map.of("k", new Isbn("D")),
            Optional.of(new Isbn("E")),
            List.of("x", "y"),
            true,
            false,
            true);

    private static final Codec<Book> CODEC = Codecs.of(Book.class, YesNo.class).get(Book.class);

    @Test
    void aMemberOrItsElementsAreConverted() {
        State state = CODEC.encode(BOOK);
        assertThat(state.toMap())
                .containsEntry("isbn", "A")
                .containsEntry("list", List.of("B"))
                .containsEntry("set", List.of("C"))
                .containsEntry("map", Map.of("k", "D"))
                .containsEntry("optional", "E")
                .containsEntry("tags", "x,y")
                .containsEntry("printed", "Y")
                .containsEntry("sold", "N")
                .containsEntry("plain", true);
        assertThat(CODEC.decode(state)).isEqualTo(BOOK);
        assertThat(CODEC.kind().field("printed").orElseThrow().required()).isTrue();
        assertThat(CODEC.kind().field("sold").orElseThrow().required()).isFalse();
    }

    @Test
    void whatAConverterReadsTheSameIsNoChange() {
        State state = CODEC.encode(BOOK).with("list", List.of("b")).with("optional", "e");
        Book book = CODEC.decode(state);
        assertThat(book).isEqualTo(BOOK);
        assertThat(CODEC.holds(book, state)).isTrue();
        assertThat(CODEC.changes(book, state)).isEmpty();
        assertThat(CODEC.holds(book, state.with("printed", "N"))).isFalse();
    }

    @Test
    void anIdIsGivenAsItIsInJavaOrAsItIsKept() {
        assertThat(CODEC.id(new Isbn("A"))).isEqualTo("A");
        assertThat(CODEC.id("A")).isEqualTo("A");
        assertThat(CODEC.idOf(BOOK)).isEqualTo("A");
    }

    @Test
    void aConverterThatThrowsOrMakesNullIsToldWithThePlace() {
        State state = CODEC.encode(BOOK).with("isbn", "?");
        Corrupt corrupt = catchThrowableOfType(Corrupt.class, () -> CODEC.decode(state));
        assertThat(corrupt.sentence()).contains("cannot decode book ?: isbn: Isbns refuses: no isbn");

        Book wrong = new Book(
                new Isbn("A"),
                List.of(new Isbn("")),
                Set.of(),
                Map.of(),
                Optional.empty(),
                List.of(),
                true,
                true,
                true);
        Invalid invalid = catchThrowableOfType(Invalid.class, () -> CODEC.encode(wrong));
        assertThat(invalid.sentence()).contains("Isbns makes null of a value");
        assertThat(invalid.facts().get("at")).hasToString("list");
    }

    record Wrong(long id, @Convert(converter = Isbns.class) List<String> texts) {}

    record Ambiguous(@Id @Convert(converter = Upper.class) String id) {}

    static final class Upper implements AttributeConverter<String, String> {
        @Override
        public String convertToDatabaseColumn(String text) {
            return text;
        }

        @Override
        public String convertToEntityAttribute(String text) {
            return text;
        }
    }

    @Test
    void aConverterOfAnotherClassIsRefused() {
        assertThat(catchThrowableOfType(Invalid.class, () -> Codecs.of(Wrong.class)))
                .hasMessageContaining(
                        "Wrong.texts: @Convert names a converter of Isbn, but this is a java.util.List<java.lang.String>");
        assertThat(catchThrowableOfType(Invalid.class, () -> Codecs.of(Ambiguous.class)))
                .hasMessageContaining("Ambiguous.id: an id is converted from a class of its own, not from String");
    }

    record Car(String colour, String make) {}

    record Garage(long id, Car first, List<Car> others) {}

    @Test
    void aConversionOfAClassCountsBeforeItsMembers() {
        Codec<Garage> codec = Codecs.builder()
                .add(Garage.class)
                .add(Conversion.of(
                        Car.class,
                        List.class,
                        car -> List.of(car.colour(), car.make()),
                        list -> new Car((String) list.get(0), (String) list.get(1))))
                .build()
                .get(Garage.class);
        Garage garage = new Garage(1, new Car("red", "zonda"), List.of(new Car("blue", "fiat")));
        State state = codec.encode(garage);
        assertThat(state.get("first")).isEqualTo(List.of("red", "zonda"));
        assertThat(state.get("others")).isEqualTo(List.of(List.of("blue", "fiat")));
        assertThat(codec.decode(state)).isEqualTo(garage);
    }
}

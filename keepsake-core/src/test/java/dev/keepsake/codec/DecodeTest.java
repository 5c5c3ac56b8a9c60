package dev.keepsake.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Corrupt;
import dev.keepsake.fault.Problem;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.Type;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** States that do not come from the codec that reads them. */
final class DecodeTest {
    private enum Colour {
        RED,
        GREEN
    }

    private record Deep(long id, Outer outer) {}

    private record Outer(List<Part> parts) {}

    private record Part(int size, String name) {}

    @Test
    void whatDoesNotFitIsCorruptWithIdAndPath() {
        Codec<Deep> codec = Codecs.codec(Deep.class);
        assertThat(undecodable(codec, state(codec, Map.of("id", 7L, "outer", "soon"))))
                .startsWith("cannot decode deep 7: outer: expected a map");
        assertThat(undecodable(
                        codec, state(codec, Map.of("id", 7L, "outer", Map.of("parts", List.of(Map.of("name", "x")))))))
                .contains("cannot decode deep 7: outer.parts")
                .contains("size: expected integer(32), was null");
        assertThat(undecodable(codec, state(codec, Map.of("outer", Map.of()))))
                .contains("id: expected integer, was null");
        record Small(long id, int number, float single, Colour colour) {}
        Codec<Small> small = Codecs.codec(Small.class);
        assertThat(undecodable(small, state(small, Map.of("id", 1L, "number", 1L << 40))))
                .contains("whole number of 32 bits, was integer 1099511627776");
        assertThat(undecodable(small, state(small, Map.of("id", 1L, "number", 1L, "single", 1e300))))
                .contains("single: expected a number of 32 bits");
        assertThat(undecodable(small, state(small, Map.of("id", 1L, "number", 1L, "single", 1.0, "colour", "BLUE"))))
                .contains("colour: expected one of RED, GREEN, was text BLUE");
    }

    private static String undecodable(Codec<?> codec, State state) {
        Corrupt fault = catchThrowableOfType(Corrupt.class, () -> codec.decode(state));
        assertThat(fault).isNotNull();
        assertThat(fault.problem()).isEqualTo(Problem.STATE_UNDECODABLE);
        return fault.sentence();
    }

    private static State state(Codec<?> codec, Map<String, Object> values) {
        Shape shape = codec.kind().shape();
        return State.of(
                shape,
                shape.slots().stream()
                        .map(slot -> values.getOrDefault(slot.name(), State.ABSENT))
                        .toArray());
    }

    record Refusing(long id, Refused inside) {
        Refusing {
            if (id < 0) {
                throw new ArithmeticException("no such id");
            }
        }
    }

    record Refused(String text) {
        Refused {
            Objects.requireNonNull(text);
        }
    }

    @Test
    void aConstructorThatThrowsIsCorruptToo() {
        Codec<Refusing> codec = Codecs.codec(Refusing.class);
        State negative = state(codec, Map.of("id", -1L));
        assertThat(undecodable(codec, negative))
                .isEqualTo("cannot decode refusing -1: the constructor of Refusing refuses: no such id");
        assertThat(undecodable(codec, state(codec, Map.of("id", 1L, "inside", Map.of()))))
                .startsWith("cannot decode refusing 1: inside: the constructor of Refused refuses: ");
    }

    @Test
    void faultsOfTheStateItselfPassUnchanged() {
        Codec<Deep> codec = Codecs.codec(Deep.class);
        RuntimeException lost = Problem.STORE_UNREACHABLE.because("lost").fault();
        State broken = new State() {
            @Override
            public Shape shape() {
                return codec.kind().shape();
            }

            @Override
            public boolean has(int position) {
                return true;
            }

            @Override
            public Object at(int position) {
                throw lost;
            }
        };
        assertThat(Assertions.catchThrowable(() -> codec.decode(broken))).isSameAs(lost);
    }

    @Test
    void shapesMayHaveOtherOrdersMissingAndMoreFields() {
        record Simple(long id, String name, Integer size) {}
        Codec<Simple> codec = Codecs.codec(Simple.class);
        List<Shape.Slot> slots = List.of(
                new Shape.Slot("more", Type.TEXT),
                new Shape.Slot("name", Type.TEXT),
                new Shape.Slot("id", Type.INTEGER));
        State state =
                State.of(new Shape("simple", 3, slots), new Object[] {"x", "n", 1L}, Map.of("size", 2L, "odd", 1L));
        assertThat(codec.decode(state)).isEqualTo(new Simple(1, "n", 2));
        assertThat(codec.decode(State.of(new Shape("simple", 3, slots), "x", "n", 1L)))
                .isEqualTo(new Simple(1, "n", null));
    }
}

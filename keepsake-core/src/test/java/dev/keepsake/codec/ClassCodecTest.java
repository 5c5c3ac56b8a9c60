package dev.keepsake.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.ObjectId;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

final class ClassCodecTest {
    private enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "grass";
            }
        }
    }

    private record Inner(String text, Optional<Integer> number) {}

    private record Middle(Inner inner, List<Inner> inners) {}

    @SuppressWarnings("ArrayRecordComponent") // bytes are arrays to many a user
    private record Everything(
            long id,
            int whole,
            short brief,
            byte tiny,
            boolean truth,
            double real,
            float single,
            char letter,
            Long boxed,
            String text,
            Colour colour,
            BigDecimal money,
            BigInteger big,
            byte[] raw,
            Bytes bytes,
            UUID uuid,
            ObjectId oid,
            LocalDate day,
            LocalTime time,
            LocalDateTime local,
            Instant moment,
            Object any,
            Optional<Instant> maybe,
            List<String> list,
            Set<Colour> set,
            Map<Colour, List<Integer>> map,
            Middle middle) {}

    private static Everything full() {
        Inner inner = new Inner("x", Optional.of(3));
        return new Everything(
                1,
                -2,
                (short) 3,
                (byte) -4,
                true,
                0.1,
                0.1f,
                'c',
                5L,
                "text",
                Colour.GREEN,
                new BigDecimal("1.5"),
                BigInteger.TEN,
                new byte[] {1},
                Bytes.of((byte) 2),
                new UUID(1, 2),
                ObjectId.of(new byte[12]),
                LocalDate.EPOCH,
                LocalTime.NOON,
                LocalDate.EPOCH.atStartOfDay(),
                Instant.EPOCH,
                Map.of("a", List.of(1L)),
                Optional.of(Instant.EPOCH),
                List.of("b", "a"),
                Set.of(Colour.RED, Colour.GREEN),
                Map.of(Colour.GREEN, List.of(1)),
                new Middle(inner, Arrays.asList(inner, null, new Inner(null, Optional.empty()))));
    }

    @Test
    void everySupportedTypeSurvivesTheRoundTrip() {
        Codec<Everything> codec = Codecs.codec(Everything.class);
        State state = codec.encode(full());
        assertThat(codec.decode(state)).usingRecursiveComparison().isEqualTo(full());
        assertThat(codec.encode(codec.decode(state))).isEqualTo(state);
        assertThat(state.get("colour")).isEqualTo("GREEN");
        assertThat(codec.kind().field("single").orElseThrow().type()).isEqualTo(Type.DOUBLE);
        assertThat(codec.kind().field("id").orElseThrow().required()).isTrue();
        assertThat(codec.kind().field("boxed").orElseThrow().required()).isFalse();
    }

    @Test
    @SuppressWarnings("NullOptional") // what a careless constructor leaves
    void nullsSurviveAndOptionalsAreEmpty() {
        Codec<Everything> codec = Codecs.codec(Everything.class);
        Everything empty = new Everything(
                1, 0, (short) 0, (byte) 0, false, 0, 0, 'x', null, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null, null, null, null, null);
        Everything back = codec.decode(codec.encode(empty));
        assertThat(back.maybe()).isEmpty();
        assertThat(back.middle()).isNull();
        assertThat(back.list()).isNull();
    }

    @Test
    void equalSetsAreEqualStatesWhateverTheirOrder() {
        record Tagged(long id, Set<Object> tags) {}
        Codec<Tagged> codec = Codecs.codec(Tagged.class);
        Set<Object> forth = new LinkedHashSet<>(List.of("a", 2, "b", 1.5));
        Set<Object> back = new LinkedHashSet<>(List.of("b", 1.5, 2, "a"));
        assertThat(codec.encode(new Tagged(1, forth))).isEqualTo(codec.encode(new Tagged(1, back)));
        Invalid fault = catchThrowableOfType(Invalid.class, () -> codec.encode(new Tagged(1, Set.of(Double.NaN))));
        assertThat(fault.facts().get("at")).hasToString("tags.`[0]`");
    }

    @Test
    void keysOfMapsAreNeverMadeUp() {
        record Keyed(long id, Map<String, Integer> map) {}
        Invalid fault = catchThrowableOfType(
                Invalid.class, () -> Codecs.codec(Keyed.class).encode(new Keyed(1, Collections.singletonMap(null, 1))));
        assertThat(fault.problem()).isEqualTo(Problem.VALUE_REFUSED);
    }

    private static class Base {
        private String name = "unset";

        @SuppressWarnings("unused") // static, and so not kept
        static String shared = "s";

        transient int passing = 5;
    }

    private static final class Derived extends Base {
        private int id;
        private Instant seenAt;

        private Derived() {}
    }

    @Test
    void classesKeepTheirPrivateFieldsAndThoseOfTheirSuperclasses() {
        Codec<Derived> codec = Codecs.codec(Derived.class);
        assertThat(codec.kind().fields()).hasToString("[name text, id integer(32) required, seen_at instant(3)]");
        Derived derived = new Derived();
        derived.id = 7;
        ((Base) derived).name = "n";
        ((Base) derived).passing = 6;
        derived.seenAt = Instant.ofEpochSecond(1, 999_999);
        Derived back = codec.decode(codec.encode(derived));
        assertThat(back.id).isEqualTo(7);
        assertThat(((Base) back).name).isEqualTo("n");
        assertThat(((Base) back).passing).isEqualTo(5);
        assertThat(back.seenAt).isEqualTo(Instant.ofEpochSecond(1));
    }

    @Test
    void aCodecServesManyThreads() throws Exception {
        Codec<Everything> codec = Codecs.codec(Everything.class);
        State state = codec.encode(full());
        try (var pool = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int form = i % 4;
                tasks.add(() -> {
                    Shape shape =
                            new Shape("everything", form, codec.kind().shape().slots());
                    for (int j = 0; j < 500; j++) {
                        State same = State.of(shape, state.toMap().values().toArray());
                        if (!codec.encode(codec.decode(same)).equals(state)) {
                            return false;
                        }
                    }
                    return true;
                });
            }
            for (var result : pool.invokeAll(tasks)) {
                assertThat(result.get()).isTrue();
            }
        }
    }

    @Test
    void namesAreInSnakeCase() {
        assertThat(List.of("packageId", "HTTPServer2", "id", "URL", "aB", "x1Y", "already_there").stream()
                        .map(ClassReader::snake))
                .containsExactly("package_id", "http_server2", "id", "url", "a_b", "x1_y", "already_there");
    }
}

package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.contract.On;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import dev.keepsake.value.Bytes;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values at the ends of their types, on a table of ours. */
@On("sqlite")
final class SqliteValuesTest {
    @TempDir
    Path folder = Path.of("");

    private static Kind kind(Type type) {
        return Kind.named("t")
                .required("id", Type.INTEGER)
                .id("id")
                .field("v", type)
                .build();
    }

    private static Object nested(int depth) {
        Object value = "deep";
        for (int i = 0; i < depth; i++) {
            value = List.of(value);
        }
        return value;
    }

    static Stream<Arguments> ordered() {
        BigDecimal eighteen = new BigDecimal("999999999.999999999");
        BigDecimal most = new BigDecimal("99999999999999999999999999999.999999999");
        BigDecimal least = new BigDecimal("0.000000001");
        return Stream.of(
                Arguments.of(Type.INTEGER, List.of(Long.MIN_VALUE, -1L, 0L, 1L << 53, (1L << 53) + 1, Long.MAX_VALUE)),
                Arguments.of(
                        Type.DOUBLE,
                        List.of(-Double.MAX_VALUE, -1e-308, 0.0, Double.MIN_VALUE, 1e-308, Double.MAX_VALUE)),
                Arguments.of(
                        new Type.Decimal(18, 9),
                        List.of(eighteen.negate(), least.negate(), BigDecimal.ZERO, least, BigDecimal.TEN, eighteen)),
                Arguments.of(
                        new Type.Decimal(38, 9),
                        List.of(
                                most.negate(),
                                new BigDecimal("-10"),
                                new BigDecimal("-9.5"),
                                new BigDecimal("-9"),
                                least.negate(),
                                BigDecimal.ZERO,
                                least,
                                BigDecimal.TWO,
                                BigDecimal.TEN,
                                most)),
                Arguments.of(
                        Type.DATE,
                        List.of(LocalDate.of(1, 1, 1), LocalDate.of(1970, 1, 1), LocalDate.of(9999, 12, 31))),
                Arguments.of(
                        new Type.DateTime(9),
                        List.of(
                                LocalDateTime.of(1, 1, 1, 0, 0),
                                LocalDateTime.of(2018, 5, 31, 1, 44, 52, 123_456_788),
                                LocalDateTime.of(2018, 5, 31, 1, 44, 52, 123_456_789),
                                LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_999))),
                Arguments.of(
                        new Type.Instant(9),
                        List.of(
                                Instant.parse("0001-01-01T00:00:00Z"),
                                Instant.parse("1969-12-31T23:59:59.999999999Z"),
                                Instant.EPOCH,
                                Instant.parse("9999-12-31T23:59:59.999999999Z"))),
                Arguments.of(
                        Type.TEXT,
                        List.of(
                                "",
                                "A",
                                "a",
                                "a ",
                                "\u00e9",
                                "\uffff",
                                "\ud83d\ude00",
                                new String(Character.toChars(0x10FFFF)))),
                Arguments.of(
                        Type.BYTES,
                        List.of(
                                Bytes.of(new byte[0]),
                                Bytes.of(new byte[] {0}),
                                Bytes.of(new byte[] {0, 0}),
                                Bytes.of(new byte[] {-1}))));
    }

    @ParameterizedTest
    @MethodSource("ordered")
    void theEndsOfATypeAreKeptComparedAndOrdered(Type type, List<Object> ascending) {
        Kind kind = kind(type);
        try (Guarded store = Raw.in(folder).open()) {
            store.createAll(Schema.of(List.of(kind)));
            for (int i = ascending.size(); i > 0; i--) {
                Raw.insert(store, kind, Raw.state(kind, "id", (long) i, "v", ascending.get(i - 1)));
            }
            Kind inspected = Raw.kind(store, "t");
            List<State> before = Raw.all(store, kind);

            for (Kind each : List.of(kind, inspected)) {
                assertThat(Raw.values(store, each, "v", Condition.all(), "v")).isEqualTo(ascending);
                for (int i = 0; i < ascending.size(); i++) {
                    Object value = ascending.get(i);
                    assertThat(Raw.values(store, each, "v", Term.of("v").eq(value)))
                            .containsExactly(value);
                    assertThat(Raw.values(store, each, "v", Term.of("v").lt(value), "v"))
                            .isEqualTo(ascending.subList(0, i));
                    assertThat(Raw.values(store, each, "v", Term.of("v").ge(value), "v"))
                            .isEqualTo(ascending.subList(i, ascending.size()));
                }
            }
            assertThat(inspected.field("v").orElseThrow().type()).isEqualTo(type);
            store.write(transaction -> transaction.write(Changeset.puts(inspected, Raw.all(store, inspected))));
            assertThat(Raw.all(store, kind)).isEqualTo(before);
        }
    }

    @Test
    void minusZeroIsZero() {
        Kind kind = kind(Type.DOUBLE);
        try (Guarded store = Raw.in(folder).open()) {
            store.createAll(Schema.of(List.of(kind)));
            Raw.insert(store, kind, Raw.state(kind, "id", 1L, "v", -0.0));

            assertThat(Raw.values(store, kind, "v", Term.of("v").eq(0.0))).containsExactly(0.0);
        }
    }

    @Test
    void longTextAndDeepNestingAreKept() {
        Kind text = kind(Type.TEXT);
        Kind json = Kind.named("j")
                .required("id", Type.INTEGER)
                .id("id")
                .field("v", Type.ANY)
                .build();
        String tenMegabytes = "0123456789\n\u00e9".repeat(900_000);
        Object hundred = nested(100);
        try (Guarded store = Raw.in(folder).open()) {
            store.createAll(Schema.of(List.of(text, json)));
            Raw.insert(store, text, Raw.state(text, "id", 1L, "v", tenMegabytes));
            Raw.insert(store, json, Raw.state(json, "id", 1L, "v", hundred));

            assertThat(Raw.values(store, text, "v", Condition.all()).getFirst().equals(tenMegabytes))
                    .isTrue();
            assertThat(Raw.values(store, json, "v", Condition.all())).containsExactly(hundred);
            Fault fault = Raw.refused(Problem.VALUE_REFUSED, () -> Raw.state(json, "id", 2L, "v", nested(101)));
            assertThat(fault.getMessage()).contains("v");
        }
    }

    static Stream<Arguments> impossible() {
        Map<Type, List<Object>> refused = Map.of(
                Type.TEXT, List.of("a\0b", "lone \ud800", "\udc00 lone"),
                Type.DOUBLE, List.of(Double.NaN, Double.POSITIVE_INFINITY),
                Type.ANY, List.of(Map.of("a", List.of("\0")), List.of(Double.NaN), Map.of("\ud800", 1L)));
        List<Arguments> all = new ArrayList<>();
        refused.forEach((type, values) -> values.forEach(value -> all.add(Arguments.of(type, value))));
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void whatNoStoreKeepsIsRefusedWithItsPathAndNothingIsWritten(Type type, Object value) {
        Kind kind = kind(type);
        try (Guarded store = Raw.in(folder).open()) {
            store.createAll(Schema.of(List.of(kind)));
            Fault fault = Raw.refused(
                    Problem.VALUE_REFUSED,
                    () -> Raw.insert(store, kind, Raw.state(kind, "id", 1L), Raw.state(kind, "id", 2L, "v", value)));

            assertThat(String.valueOf(fault.facts().get("at"))).contains("v");
            assertThat(Raw.all(store, kind)).isEmpty();
        }
    }
}

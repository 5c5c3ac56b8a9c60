package dev.keepsake.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StateTest {
    private static final List<Shape.Slot> SLOTS = List.of(
            new Shape.Slot("id", Type.INTEGER),
            new Shape.Slot("name", Type.TEXT),
            new Shape.Slot("rate", Type.DOUBLE),
            new Shape.Slot("done", Type.BOOLEAN));
    private static final Shape SHAPE = new Shape("things", 0, SLOTS);

    @Test
    void absentIsNotNull() {
        State state = State.of(SHAPE, 1L, null, State.ABSENT, true);
        assertThat(state.has(1)).isTrue();
        assertThat(state.has(2)).isFalse();
        assertThat(state.isNull(1)).isTrue();
        assertThat(state.isNull(2)).isTrue();
        assertThat(state.at(2)).isNull();
        assertThat(state.toMap()).containsOnlyKeys("id", "name", "done");
        assertThat(state).isNotEqualTo(State.of(SHAPE, 1L, null, null, true));
    }

    @Test
    void typedReadsGiveZeroForNullAbsentAndOtherTypes() {
        State state = State.of(SHAPE, 1L, null, 1.5, true);
        assertThat(state.longAt(0)).isEqualTo(1);
        assertThat(state.longAt(1)).isZero();
        assertThat(state.longAt(2)).isZero();
        assertThat(state.doubleAt(2)).isEqualTo(1.5);
        assertThat(state.doubleAt(0)).isZero();
        assertThat(state.booleanAt(3)).isTrue();
        assertThat(state.booleanAt(1)).isFalse();
    }

    @Test
    void extraFieldsAreCarriedOn() {
        Object[] values = {1L, "a", 1.5, true};
        State state = State.of(SHAPE, values, Map.of("more", 2L));
        values[1] = "changed";
        assertThat(state.get("name")).isEqualTo("a");
        assertThat(state.get("more")).isEqualTo(2L);
        assertThat(state.get("none")).isNull();
        assertThat(new ArrayList<>(state.toMap().keySet())).containsExactly("id", "name", "rate", "done", "more");
        assertThat(state).isNotEqualTo(State.of(SHAPE, 1L, "a", 1.5, true));
        assertThatThrownBy(() -> state.extra().put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aViewIsKeptByACopyWithEverything() {
        Object[] row = {1L, State.ABSENT, null, true};
        State view = new State() {
            @Override
            public Shape shape() {
                return SHAPE;
            }

            @Override
            public boolean has(int position) {
                return row[position] != State.ABSENT;
            }

            @Override
            public Object at(int position) {
                return has(position) ? row[position] : null;
            }

            @Override
            public Map<String, Object> extra() {
                return Map.of("more", row[0]);
            }
        };
        State kept = view.keep();
        row[0] = 2L;
        assertThat(kept).isEqualTo(State.of(SHAPE, new Object[] {1L, State.ABSENT, null, true}, Map.of("more", 1L)));
        assertThat(kept.keep()).isSameAs(kept);
        assertThat(view.get("id")).isEqualTo(2L);
    }

    @Test
    void shapesAreEqualByAllTheirParts() {
        assertThat(new Shape("things", 0, SLOTS)).isEqualTo(SHAPE).hasSameHashCodeAs(SHAPE);
        assertThat(new Shape("things", 1, SLOTS)).isNotEqualTo(SHAPE);
        assertThat(new Shape("other", 0, SLOTS)).isNotEqualTo(SHAPE);
        assertThat(new Shape("things", 0, SLOTS.subList(0, 3))).isNotEqualTo(SHAPE);
        assertThat(SHAPE.position("rate")).isEqualTo(2);
        assertThat(SHAPE.position("none")).isEqualTo(-1);
        assertThatThrownBy(() -> State.of(SHAPE, 1L)).hasMessageContaining("4 fields, not 1");
    }
}

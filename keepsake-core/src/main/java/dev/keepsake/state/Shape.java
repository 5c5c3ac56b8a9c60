package dev.keepsake.state;

import dev.keepsake.value.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The outline that States share: of which kind they are, in which form, and which stored fields they have at which
 * position. Immutable; two shapes are equal when all of that is.
 */
public final class Shape {
    private final String kind;
    private final int form;
    private final List<Slot> slots;
    private final Map<String, Integer> positions = new HashMap<>();
    private final int hash;

    /**
     * One stored field of a shape.
     *
     * @param name its stored name
     * @param type the type of its values
     */
    public record Slot(String name, Type type) {}

    /** A shape of the given slots, in order. */
    public Shape(String kind, int form, List<Slot> slots) {
        this.kind = kind;
        this.form = form;
        this.slots = List.copyOf(slots);
        for (int i = 0; i < slots.size(); i++) {
            positions.put(slots.get(i).name(), i);
        }
        this.hash = 31 * kind.hashCode() + this.slots.hashCode();
    }

    /** The kind's stored name. */
    public String kind() {
        return kind;
    }

    /** The form of these States: 0 until the kind declares migrations. */
    public int form() {
        return form;
    }

    /** Name and type of each field, by position. */
    public List<Slot> slots() {
        return slots;
    }

    /** The number of fields. */
    public int size() {
        return slots.size();
    }

    /** The stored name of the field at a position. */
    public String name(int position) {
        return slots.get(position).name();
    }

    /** The type of the field at a position. */
    public Type type(int position) {
        return slots.get(position).type();
    }

    /** The position of a field, or -1 if this shape lacks it. */
    public int position(String name) {
        return positions.getOrDefault(name, -1);
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Shape shape
                        && kind.equals(shape.kind)
                        && form == shape.form
                        && slots.equals(shape.slots));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return kind + slots;
    }
}

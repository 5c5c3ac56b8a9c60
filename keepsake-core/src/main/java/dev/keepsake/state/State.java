package dev.keepsake.state;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The neutral, database-free form of one object: values at the positions of a {@link Shape}. Everything that Keepsake does,
 * it does to States: codecs turn objects into them and back, stores keep them, queries pick them, migrations change them,
 * moves carry them from store to store.
 *
 * <p>All States of one cursor share one Shape. Such a State is a <em>view of the native row</em>: it is valid until the
 * cursor goes on, and {@link #keep} makes a copy that stays; so a State costs nothing where it only passes. A kept State is
 * immutable and safe for use by several threads; a view belongs to its cursor's thread.
 *
 * <p>Values are those of {@link dev.keepsake.value.Values}, of the type that the Shape names. A field can be absent, which
 * is not the same as null: {@link #has} tells. Fields that the Shape does not know are in {@link #extra} and are carried on.
 *
 * <p>Who implements a view writes {@link #shape}, {@link #has} and {@link #at}, and overrides the typed reads where its
 * native row has them cheaper.
 */
public interface State {
    /** Which fields there are, at which positions. */
    Shape shape();

    /** Whether the field at the position is there at all, be it null. */
    boolean has(int position);

    /** The value at the position; null where it is null or absent. */
    @Nullable
    Object at(int position);

    /** The whole number at the position; 0 where it is null or absent, see {@link #isNull}. */
    default long longAt(int position) {
        return at(position) instanceof Long number ? number : 0;
    }

    /** The double at the position; 0 where it is null or absent. */
    default double doubleAt(int position) {
        return at(position) instanceof Double number ? number : 0;
    }

    /** The boolean at the position; false where it is null or absent. */
    default boolean booleanAt(int position) {
        return at(position) instanceof Boolean truth && truth;
    }

    /** Whether the value at the position is null or absent. */
    default boolean isNull(int position) {
        return at(position) == null;
    }

    /** The fields outside the shape, by stored name. */
    default Map<String, @Nullable Object> extra() {
        return Map.of();
    }

    /** This State if it stays, else a copy that does. */
    default State keep() {
        return Kept.copy(this);
    }

    /** This State with another value of one field; {@link #ABSENT} takes it away. A field outside the shape is an extra one. */
    default State with(String name, @Nullable Object value) {
        return Kept.with(this, name, value);
    }

    /** The value of the field with that stored name, in the shape or outside; null where it is null or absent. */
    default @Nullable Object get(String name) {
        int position = shape().position(name);
        return position >= 0 ? at(position) : extra().get(name);
    }

    /** Each field that is there, by stored name, in the shape's order, those outside it last. */
    default Map<String, @Nullable Object> toMap() {
        return Kept.map(this);
    }

    /**
     * A State of the given values, by position; they must be normalised and of the shape's types.
     *
     * @param values one for each field; {@link #ABSENT} for a field that is not there
     */
    static State of(Shape shape, @Nullable Object... values) {
        return Kept.of(shape, values, Map.of());
    }

    /** As {@link #of(Shape, Object...)}, with fields outside the shape. */
    static State of(Shape shape, @Nullable Object[] values, Map<String, @Nullable Object> extra) {
        return Kept.of(shape, values, extra);
    }

    /** Stands for a field that is not there, where a State is made. */
    Object ABSENT = new Object() {
        @Override
        public String toString() {
            return "absent";
        }
    };
}

package dev.keepsake.sql;

import dev.keepsake.value.Type;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one field are kept natively: the seam between value rules and a database. A native value is what
 * {@link Dialect#bind} binds and {@link #read} gives: Long, Double, Boolean, BigDecimal, String, byte array, null.
 */
interface Column {
    /** The type of the values. */
    Type type();

    /** The native value in a column of the row that a result is at; null for null. */
    @Nullable
    Object read(ResultSet rows, int position) throws SQLException;

    /** The native value for what the driver, or jOOQ, made of it for somebody else. */
    Object given(Object foreign);

    /** The native value of a value, not null. */
    Object encode(Object value);

    /**
     * The value of a native value, not null; null alone for JSON's null.
     *
     * @throws IllegalArgumentException where the native value does not fit, with what was expected
     */
    @Nullable
    Object decode(Object nativeValue);

    /** Whether equal values have equal native values and no others, so that a guard can compare natively. */
    boolean exact();

    /** How values are compared inside the database. */
    Comparison comparison();

    /** Whether it can be written; false for a generated column. */
    boolean writable();

    /**
     * A constant as the greatest native value that is not greater than it, for comparisons; null where the constant is below
     * all values or above, see {@link Floor}.
     */
    Floor floor(Object constant);

    /**
     * A constant among the values that a column can hold.
     *
     * @param nativeValue the greatest native value not above the constant; null where the constant is out of range
     * @param exact whether the constant is that value, and not between it and the next
     * @param range negative where the constant is below every value, positive where above
     */
    record Floor(@Nullable Object nativeValue, boolean exact, int range) {
        static Floor exactly(Object nativeValue) {
            return new Floor(nativeValue, true, 0);
        }
    }

    /** How native values are compared. */
    enum Comparison {
        /** By the database's own operators. */
        NATIVE,
        /** As times whose text has no fixed form. */
        LOOSE_TIME,
        /** As JSON. */
        JSON,
        /** By native type first: a column of no declared type. */
        DYNAMIC
    }

    /** Of what sort the values are, where those of different sorts are never equal. */
    enum Family {
        NUMBER,
        TEXT,
        TIME,
        BOOLEAN,
        BYTES,
        UUID,
        OBJECT_ID,
        /** Any sort. */
        OTHER
    }
}

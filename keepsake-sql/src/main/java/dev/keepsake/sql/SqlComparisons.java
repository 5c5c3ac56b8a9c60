package dev.keepsake.sql;

import dev.keepsake.query.Condition;
import dev.keepsake.query.Condition.Operator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Comparisons of a value that the database compares as we do with constants, whatever their types. */
final class SqlComparisons {
    private SqlComparisons() {}

    /** Writes a comparison, a range or both ends of one; false for another condition. */
    static boolean write(SqlWriter out, Condition leaf, Column column, Runnable value) {
        switch (leaf) {
            case Condition.Compare c -> compare(out, c.operator(), column.floor(c.value()), value);
            case Condition.Between b -> {
                out.sql("(");
                compare(out, Operator.GE, column.floor(b.least()), value);
                out.sql(" AND ");
                compare(out, Operator.LE, column.floor(b.greatest()), value);
                out.sql(")");
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Writes a comparison with a constant among the values that a column can hold. */
    static void compare(SqlWriter out, Operator operator, Column.Floor floor, Runnable value) {
        if (floor.range() != 0) {
            boolean always = floor.range() > 0
                    ? operator == Operator.LT || operator == Operator.LE
                    : operator == Operator.GT || operator == Operator.GE;
            if (always) {
                value.run();
            }
            out.sql(always ? " IS NOT NULL" : "1 = 0");
            return;
        }
        if (operator == Operator.EQ && !floor.exact()) {
            out.sql("1 = 0");
            return;
        }
        Operator exactly = floor.exact()
                ? operator
                : switch (operator) {
                    case LT, LE -> Operator.LE;
                    case GT, GE -> Operator.GT;
                    case EQ -> Operator.EQ;
                };
        value.run();
        out.sql(" " + exactly.symbol() + " ").bind(Objects.requireNonNull(floor.nativeValue()));
    }

    /** The least text that is greater than all that start with the prefix; null where there is none. */
    static @Nullable String after(String prefix) {
        if (prefix.isEmpty()) {
            return null;
        }
        int last = prefix.codePointBefore(prefix.length());
        if (last == Character.MAX_CODE_POINT) {
            return null;
        }
        int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
        return prefix.substring(0, prefix.length() - Character.charCount(last)) + Character.toString(next);
    }
}

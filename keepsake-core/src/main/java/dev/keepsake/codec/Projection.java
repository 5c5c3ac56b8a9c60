package dev.keepsake.codec;

import dev.keepsake.fault.Problem;
import dev.keepsake.state.State;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What rows are read into: a record, whose components are named as what is read, or, of rows of one column, a value.
 * Immutable.
 *
 * @param <R> the class of the results
 */
public final class Projection<R> {
    private final Class<R> type;
    private final List<String> names;
    private final Function<State, @Nullable Object> making;

    @SuppressWarnings("unchecked") // the class of what a primitive is in a list
    private Projection(Class<R> type, List<String> names, Function<State, @Nullable Object> making) {
        this.type = (Class<R>) MethodType.methodType(type).wrap().returnType();
        this.names = names;
        this.making = making;
    }

    /**
     * The projection into a record, or a class with fields; or into text, a number, a time, an enum: the value of the only
     * column.
     *
     * @throws dev.keepsake.fault.Invalid {@code model-invalid}
     */
    public static <R> Projection<R> of(Class<R> type) {
        List<String> mistakes = new ArrayList<>();
        try {
            JavaType plain = JavaTypes.ofPlain(type);
            if (plain != null) {
                return new Projection<>(type, List.of(), row -> {
                    Object value = row.at(0);
                    return value == null ? null : plain.decode().apply(value);
                });
            }
            ClassModel<R> model = new ClassReader(mistakes, Entities.NONE).projection(type);
            if (mistakes.isEmpty()) {
                List<String> names =
                        model.members().stream().map(Member::javaName).toList();
                return new Projection<>(type, names, row -> decoded(model, row));
            }
        } catch (ClassReader.Mistaken | IllegalArgumentException e) {
            if (e.getMessage() != null) {
                mistakes.add(e.getMessage());
            }
        }
        throw Problem.MODEL_INVALID
                .because("rows cannot be read into %s: %s", type.getName(), String.join("; ", mistakes))
                .fault();
    }

    private static Object decoded(ClassModel<?> model, State row) {
        @Nullable Object[] values = new Object[row.shape().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.at(i);
        }
        return model.decode(State.of(model.shape(), values), Links.NONE);
    }

    /** The names of a record's components; none for a value, of which a row has one column. */
    public List<String> names() {
        return names;
    }

    /**
     * Refuses rows of another number of columns.
     *
     * @throws dev.keepsake.fault.Invalid {@code request-invalid}
     */
    public void requireColumns(int columns) {
        if (columns != Math.max(1, names.size())) {
            throw Problem.REQUEST_INVALID
                    .because(
                            names.isEmpty()
                                    ? "%s is one value for %2$d columns"
                                    : "%s has %3$d components for %2$d columns",
                            type.getSimpleName(),
                            columns,
                            names.size())
                    .fault();
        }
    }

    /**
     * The record of a row that has the components' values in their order, or the row's only value, which may be null.
     *
     * @throws dev.keepsake.fault.Corrupt {@code state-undecodable} for a value of another type
     */
    public @Nullable R make(State row) {
        try {
            return type.cast(making.apply(row));
        } catch (ClassModel.Undecodable e) {
            throw undecodable(e.at + ": " + e.why, e);
        } catch (IllegalArgumentException e) {
            throw undecodable(row.shape().name(0) + ": " + e.getMessage(), e);
        }
    }

    private RuntimeException undecodable(String why, RuntimeException cause) {
        return Problem.STATE_UNDECODABLE
                .because("cannot read a row into %s: %s", type.getSimpleName(), why)
                .cause(cause)
                .fault();
    }

    /** All rows, each as {@link #make} has it. */
    public List<R> all(List<State> rows) {
        @SuppressWarnings("NullAway") // a value may be null, a record is not
        List<R> all = rows.stream().map(this::make).toList();
        return all;
    }
}

package dev.keepsake.codec;

import dev.keepsake.fault.Problem;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that rows are read into, whose components are named as what is read. Immutable.
 *
 * @param <R> the record
 */
public final class Projection<R> {
    private final ClassModel<R> model;

    private Projection(ClassModel<R> model) {
        this.model = model;
    }

    /**
     * The projection into a record, or a class with fields.
     *
     * @throws dev.keepsake.fault.Invalid {@code model-invalid}
     */
    public static <R> Projection<R> of(Class<R> type) {
        List<String> mistakes = new ArrayList<>();
        try {
            ClassModel<R> model = new ClassReader(mistakes, Entities.NONE).projection(type);
            if (mistakes.isEmpty()) {
                return new Projection<>(model);
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

    /** The components' names. */
    public List<String> names() {
        return model.members().stream().map(Member::javaName).toList();
    }

    /** The record of a row that has the components' values in their order. */
    public R make(State row) {
        @Nullable Object[] values = new Object[row.shape().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.at(i);
        }
        Shape shape = model.shape();
        try {
            return model.decode(State.of(shape, values), Links.NONE);
        } catch (ClassModel.Undecodable e) {
            throw Problem.STATE_UNDECODABLE
                    .because("cannot read a row into %s: %s: %s", model.type().getSimpleName(), e.at, e.why)
                    .cause(e)
                    .fault();
        }
    }
}

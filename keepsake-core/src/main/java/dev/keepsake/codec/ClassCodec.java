package dev.keepsake.codec;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The codec of a record or a class with fields. */
final class ClassCodec<T> implements Codec<T> {
    private final ClassModel<T> model;
    private final Kind kind;
    private final List<Path> paths;

    ClassCodec(ClassModel<T> model, Kind kind) {
        this.model = model;
        this.kind = kind;
        this.paths = kind.fields().stream().map(field -> Path.of(field.name())).toList();
    }

    @Override
    public Class<T> type() {
        return model.type();
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public State encode(T object) {
        @Nullable Object[] values = model.encode(object);
        for (int i = 0; i < values.length; i++) {
            values[i] = Values.fit(values[i], kind.shape().type(i), paths.get(i));
        }
        return State.of(kind.shape(), values);
    }

    @Override
    public T decode(State state) {
        try {
            return model.decode(state);
        } catch (ClassModel.Undecodable e) {
            throw undecodable(kind, state, e.at, e.why, e);
        }
    }

    static RuntimeException undecodable(Kind kind, State state, String at, String why, Throwable cause) {
        Object id = kind.isBag() ? "" : kind.idOf(state);
        return Problem.STATE_UNDECODABLE
                .because("cannot decode %s %s: %s%s", kind.name(), Report.quote(id), at.isEmpty() ? "" : at + ": ", why)
                .at(kind.name() + "/" + Report.quote(id) + (at.isEmpty() ? "" : " $." + at))
                .cause(cause)
                .hint("mend the stored value, or declare the field with a type that takes it")
                .fault();
    }
}

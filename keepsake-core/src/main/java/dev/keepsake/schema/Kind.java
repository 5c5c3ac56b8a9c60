package dev.keepsake.schema;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.Id;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import dev.keepsake.value.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one sort of object: its fields, what identifies it, and the rules it obeys. A kind is a table, a
 * collection, a family of keys. It comes from a class, is written by hand, or is read from an existing store:
 *
 * <pre>{@code
 * Kind releases = Kind.named("releases")
 *         .required("id", Type.INTEGER).id("id").generated(Generation.IDENTITY)
 *         .field("package_id", Type.TEXT)
 *         .index(Index.of("by_package", "package_id"))
 *         .build();
 * }</pre>
 *
 * <p>A kind without id is a <em>bag</em>: it is read, exported and compared as a multiset, and its objects cannot be
 * updated one by one. Immutable; equal when all its parts are.
 */
public final class Kind {
    private final String name;
    private final List<Field> fields;
    private final List<String> id;
    private final Generation generation;
    private final Optional<String> version;
    private final Optional<String> expiry;
    private final Optional<String> shard;
    private final List<Index> indexes;
    private final List<Reference> references;
    private final List<Check> checks;
    private final boolean writable;
    private final List<String> unkept;
    private final Shape shape;
    /** Where the id is in the shape, if it is one field. */
    private final int single;

    private final Path idPath;

    private Kind(Builder builder) {
        name = builder.name;
        fields = List.copyOf(builder.fields);
        id = List.copyOf(builder.id);
        generation = builder.generation;
        version = Optional.ofNullable(builder.version);
        expiry = Optional.ofNullable(builder.expiry);
        shard = Optional.ofNullable(builder.shard);
        indexes = List.copyOf(builder.indexes);
        references = List.copyOf(builder.references);
        checks = List.copyOf(builder.checks);
        writable = builder.writable;
        unkept = List.copyOf(builder.unkept);
        shape = new Shape(
                name,
                0,
                fields.stream().map(f -> new Shape.Slot(f.name(), f.type())).toList());
        single = id.size() == 1 ? shape.position(id.getFirst()) : -1;
        idPath = Path.of(id.isEmpty() ? name : id.getFirst());
    }

    /** Starts a kind with the given stored name. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** The stored name. */
    public String name() {
        return name;
    }

    /** The fields, in order. */
    public List<Field> fields() {
        return fields;
    }

    /** The stored names of the id's fields; empty for a bag. */
    public List<String> id() {
        return id;
    }

    /** Whether there is nothing that identifies an object. */
    public boolean isBag() {
        return id.isEmpty();
    }

    /** Where an id comes from. */
    public Generation generation() {
        return generation;
    }

    /** The stored name of the field that counts an object's changes, if there is one. */
    public Optional<String> version() {
        return version;
    }

    /** The stored name of the instant from which on an object is gone, if there is one; an object where it is null stays. */
    public Optional<String> expiry() {
        return expiry;
    }

    /** Which part of a store that is spread over several servers keeps it; empty for the part that keeps all others. */
    public Optional<String> shard() {
        return shard;
    }

    /** The indexes, unique ones included; the id's own index is not among them. */
    public List<Index> indexes() {
        return indexes;
    }

    /** What its fields refer to. */
    public List<Reference> references() {
        return references;
    }

    /** The conditions that every object satisfies. */
    public List<Check> checks() {
        return checks;
    }

    /** Whether objects can be written; false for a view. */
    public boolean writable() {
        return writable;
    }

    /**
     * What is there that a kind cannot say, where it was read from a store: {@code trigger audit}. Keepsake leaves it alone there,
     * and does not make it elsewhere.
     */
    public List<String> unkept() {
        return unkept;
    }

    /** The shape of its whole States. */
    public Shape shape() {
        return shape;
    }

    /** The field with that stored name. */
    public Optional<Field> field(String fieldName) {
        int position = shape.position(fieldName);
        return position < 0 ? Optional.empty() : Optional.of(fields.get(position));
    }

    /**
     * The type of what a path leads to.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-field} with near names
     */
    public Type typeAt(Path path) {
        Field field = field(path.field()).orElseThrow(() -> unknownField(path.field()));
        Type type = field.type();
        for (String step : path.inside()) {
            Type outer = type;
            type = Type.step(outer, step)
                    .orElseThrow(() -> Problem.UNKNOWN_FIELD
                            .because(
                                    "%s of kind %s is %s and has no %s inside",
                                    path.field(), name, field.type(), Report.quote(step))
                            .at(path)
                            .nearOnly(step, Type.names(outer))
                            .fault());
        }
        return type;
    }

    private RuntimeException unknownField(String wrong) {
        return Problem.UNKNOWN_FIELD
                .because("kind %s has no field %s", name, Report.quote(wrong))
                .near(wrong, fields.stream().map(Field::name).toList())
                .fault();
    }

    /**
     * The id of a State of this kind: the value of its id field, or an {@link Id} of several.
     *
     * @return null where (a part of) the id is not there yet
     */
    public @Nullable Object idOf(State state) {
        if (single >= 0) {
            return state.shape() == shape ? state.at(single) : state.get(id.getFirst());
        }
        Map<String, Object> parts = new LinkedHashMap<>();
        for (String part : id) {
            Object value = state.get(part);
            if (value == null) {
                return null;
            }
            parts.put(part, value);
        }
        return parts.isEmpty() ? null : Id.of(parts);
    }

    /**
     * The id of a State that must have one.
     *
     * @throws dev.keepsake.fault.Invalid {@code request-invalid} where it has none
     */
    public Object requireIdOf(State state) {
        Object found = idOf(state);
        if (found == null) {
            throw Problem.REQUEST_INVALID
                    .because("an object of kind %s is written by id and has none", name)
                    .fault();
        }
        return found;
    }

    /**
     * An id of this kind, its values made those of its fields' types.
     *
     * @throws dev.keepsake.fault.Invalid {@code type-mismatch}; {@code request-invalid} for an id of another make
     */
    public Object fitId(Object given) {
        if (single >= 0 && !(given instanceof Id)) {
            return Objects.requireNonNull(Values.fit(given, shape.type(single), idPath));
        }
        Map<String, Object> parts = new LinkedHashMap<>();
        for (String part : id) {
            Path at = Path.of(part);
            parts.put(part, Objects.requireNonNull(Values.fit(partOf(given, part), typeAt(at), at)));
        }
        if (parts.isEmpty()) {
            throw Problem.REQUEST_INVALID
                    .because("kind %s has no id, its objects cannot be told apart", name)
                    .fault();
        }
        return parts.size() == 1 ? parts.values().iterator().next() : Id.of(parts);
    }

    /** A State in the shape of this kind: fields by name, those that the kind does not know as extra ones. */
    public State shaped(State state) {
        if (state.shape().equals(shape)) {
            return state.keep();
        }
        @Nullable Object[] values = new Object[fields.size()];
        Arrays.fill(values, State.ABSENT);
        Map<String, @Nullable Object> extra = new LinkedHashMap<>();
        state.toMap().forEach((key, value) -> {
            int position = shape.position(key);
            if (position >= 0) {
                values[position] = value;
            } else {
                extra.put(key, value);
            }
        });
        return State.of(shape, values, extra);
    }

    /** The value of one field of an id of this kind. */
    public Object partOf(Object idValue, String part) {
        Object value = idValue instanceof Id tuple ? tuple.part(part) : id.size() == 1 ? idValue : null;
        if (value == null) {
            throw Problem.REQUEST_INVALID
                    .because("%s is no id of kind %s, which is identified by %s", idValue, name, String.join(", ", id))
                    .fault();
        }
        return value;
    }

    /**
     * A State of this kind from plain values by stored name; names of no field become extra fields.
     *
     * @throws dev.keepsake.fault.Invalid {@code type-mismatch} or {@code value-refused} with the field
     */
    public State state(Map<String, ? extends @Nullable Object> values) {
        @Nullable Object[] fitted = new Object[fields.size()];
        Arrays.fill(fitted, State.ABSENT);
        Map<String, @Nullable Object> extra = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            int position = shape.position(key);
            if (position >= 0) {
                fitted[position] = Values.fit(value, fields.get(position).type(), Path.of(key));
            } else {
                extra.put(key, Values.fit(value, Type.ANY, Path.of(key.isEmpty() ? name : key)));
            }
        });
        return State.of(shape, fitted, extra);
    }

    /** This kind, to be changed and built anew. */
    public Builder toBuilder() {
        Builder builder = new Builder(name);
        builder.fields.addAll(fields);
        builder.id.addAll(id);
        builder.generation = generation;
        builder.version = version.orElse(null);
        builder.expiry = expiry.orElse(null);
        builder.shard = shard.orElse(null);
        builder.indexes.addAll(indexes);
        builder.references.addAll(references);
        builder.checks.addAll(checks);
        builder.writable = writable;
        builder.unkept.addAll(unkept);
        return builder;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Kind kind && parts().equals(kind.parts());
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    private List<Object> parts() {
        return List.of(
                name, fields, id, generation, version, expiry, shard, indexes, references, checks, writable, unkept);
    }

    /** Name and fields on one line. */
    @Override
    public String toString() {
        return name + fields;
    }

    /** Puts a {@link Kind} together. Not safe for use by several threads. */
    public static final class Builder {
        private String name;
        private final List<Field> fields = new ArrayList<>();
        private final List<String> id = new ArrayList<>();
        private Generation generation = Generation.GIVEN;
        private @Nullable String version;
        private @Nullable String expiry;
        private @Nullable String shard;
        private final List<Index> indexes = new ArrayList<>();
        private final List<Reference> references = new ArrayList<>();
        private final List<Check> checks = new ArrayList<>();
        private boolean writable = true;
        private final List<String> unkept = new ArrayList<>();

        private Builder(String name) {
            this.name = name;
        }

        /** Gives another stored name. */
        public Builder name(String newName) {
            name = newName;
            return this;
        }

        /** Adds a field that may be null. */
        public Builder field(String fieldName, Type type) {
            return field(Field.of(fieldName, type));
        }

        /** Adds a field that may not be null. */
        public Builder required(String fieldName, Type type) {
            return field(Field.required(fieldName, type));
        }

        /** Adds a field. */
        public Builder field(Field field) {
            fields.add(field);
            return this;
        }

        /** Names the fields of the id, replacing those named before. */
        public Builder id(String... names) {
            id.clear();
            id.addAll(List.of(names));
            return this;
        }

        /** Says where ids come from. */
        public Builder generated(Generation from) {
            generation = from;
            return this;
        }

        /** Names the field that counts an object's changes. */
        public Builder version(String fieldName) {
            version = fieldName;
            return this;
        }

        /** Names the instant from which on an object is gone, by itself. */
        public Builder expires(String fieldName) {
            expiry = fieldName;
            return this;
        }

        /** Puts it beside those of the same name where a store is spread over several servers. */
        public Builder shard(String part) {
            shard = part;
            return this;
        }

        /** Adds an index. */
        public Builder index(Index index) {
            indexes.add(index);
            return this;
        }

        /** Adds a reference. */
        public Builder reference(Reference reference) {
            references.add(reference);
            return this;
        }

        /** Adds a check in Keepsake's condition language. */
        public Builder check(String checkName, String condition) {
            return check(new Check(checkName, condition, false));
        }

        /** Adds a check. */
        public Builder check(Check check) {
            checks.add(check);
            return this;
        }

        /** Makes it a view, which is only read. */
        public Builder readOnly() {
            writable = false;
            return this;
        }

        /** Names something that is there and that a kind cannot say. */
        public Builder unkept(String what) {
            unkept.add(what);
            return this;
        }

        /** Changes a field by name; one that does not exist is an {@link IllegalArgumentException}. */
        public Builder replace(String fieldName, @Nullable Field field) {
            for (int i = 0; i < fields.size(); i++) {
                if (fields.get(i).name().equals(fieldName)) {
                    fields.remove(i);
                    if (field != null) {
                        fields.add(i, field);
                    }
                    return this;
                }
            }
            throw new IllegalArgumentException("no field " + fieldName);
        }

        /** Removes an index by name; tells whether there was one. */
        public boolean removeIndex(String indexName) {
            return indexes.removeIf(index -> index.name().equals(indexName));
        }

        /**
         * The kind.
         *
         * @throws dev.keepsake.fault.Invalid {@code model-invalid}, all that is wrong together
         */
        public Kind build() {
            List<String> wrong = mistakes();
            if (!wrong.isEmpty()) {
                throw Problem.MODEL_INVALID
                        .because("kind %s cannot be: %s", name, String.join("; ", wrong))
                        .fault();
            }
            return new Kind(this);
        }

        private List<String> mistakes() {
            List<String> wrong = new ArrayList<>();
            Set<String> names = new HashSet<>();
            if (name.isEmpty()) {
                wrong.add("its name is empty");
            }
            if (fields.isEmpty()) {
                wrong.add("it has no fields");
            }
            for (Field field : fields) {
                if (field.name().isEmpty()) {
                    wrong.add("the name of a field is empty");
                } else if (!names.add(field.name())) {
                    wrong.add("two fields are named " + field.name());
                }
            }
            unknown(wrong, names, "the id", id);
            repeated(wrong, "the id names", id);
            if (generation != Generation.GIVEN && id.size() != 1) {
                wrong.add("only an id of one field can be generated");
            }
            if (version != null) {
                unknown(wrong, names, "the version", List.of(version));
            }
            if (expiry != null && !(typeOf(expiry) instanceof Type.Instant)) {
                wrong.add("its objects expire by " + expiry + ", which is no instant");
            }
            if (shard != null && (shard.isEmpty() || shard.indexOf('{') >= 0 || shard.indexOf('}') >= 0)) {
                wrong.add("the name of its shard is empty or has braces");
            }
            repeated(
                    wrong,
                    "two indexes are named",
                    indexes.stream().map(Index::name).toList());
            for (Index index : indexes) {
                if (index.parts().isEmpty()) {
                    wrong.add("index " + index.name() + " has no fields");
                }
                unknown(
                        wrong,
                        names,
                        "index " + index.name(),
                        index.fields().stream()
                                .filter(field -> !field.startsWith("("))
                                .toList());
            }
            for (Reference reference : references) {
                unknown(wrong, names, "the reference to " + reference.kind(), reference.fields());
                if (reference.fields().size() != reference.targets().size()) {
                    wrong.add("the reference to " + reference.kind() + " has "
                            + reference.fields().size() + " fields for "
                            + reference.targets().size());
                }
            }
            return wrong;
        }

        private @Nullable Type typeOf(String fieldName) {
            return fields.stream()
                    .filter(field -> field.name().equals(fieldName))
                    .map(Field::type)
                    .findFirst()
                    .orElse(null);
        }

        private static void repeated(List<String> wrong, String what, List<String> used) {
            used.stream()
                    .filter(each -> Collections.frequency(used, each) > 1)
                    .distinct()
                    .forEach(each -> wrong.add(what + " " + each + ", more than once"));
        }

        private static void unknown(List<String> wrong, Set<String> names, String what, List<String> used) {
            for (String field : used) {
                if (!names.contains(field)) {
                    wrong.add(what + " names " + field + ", which is no field");
                }
            }
        }
    }
}

package dev.keepsake.codec;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The codecs of a model's classes, by class. A class needs no base class and no annotation: what is kept are the components
 * of a record or the fields of a class, under their names in snake_case, and the id is the one named {@code id} or
 * annotated with {@code jakarta.persistence.Id}. For a class that cannot be touched there is {@link Mapping}. Immutable,
 * safe for use by several threads.
 *
 * <p>Kept are: booleans, numbers, text, enums (by name), {@code BigDecimal}, {@code BigInteger}, {@code byte[]},
 * {@code UUID}, the {@code java.time} types without zone and {@code Instant}; of those {@code Optional}, {@code List},
 * {@code Set}, and {@code Map} with keys of text or an enum; and records and classes inside others.
 */
public final class Codecs {
    private final Map<Class<?>, Codec<?>> codecs;

    private Codecs(Map<Class<?>, Codec<?>> codecs) {
        this.codecs = codecs;
    }

    /** The codec of one class. */
    public static <T> Codec<T> codec(Class<T> type) {
        return of(type).get(type);
    }

    /** The codecs of classes. */
    public static Codecs of(Class<?>... types) {
        return of(List.of(types), List.of());
    }

    /**
     * The codecs of classes, and of those mapped by hand.
     *
     * @throws dev.keepsake.fault.Invalid {@code model-invalid}, all mistakes of all classes together
     */
    public static Codecs of(Collection<Class<?>> types, Collection<Mapping<?>> mappings) {
        Map<Class<?>, Codec<?>> codecs = new LinkedHashMap<>();
        Map<String, Class<?>> names = new LinkedHashMap<>();
        List<String> mistakes = new ArrayList<>();
        List<Codec<?>> built = new ArrayList<>();
        types.forEach(type -> collect(mistakes, () -> built.add(ClassReader.codec(type, mistakes))));
        mappings.forEach(mapping -> collect(mistakes, () -> built.add(mapping.codec())));
        for (Codec<?> codec : built) {
            Codec<?> twice = codecs.put(codec.type(), codec);
            if (twice != null && !twice.kind().equals(codec.kind())) {
                mistakes.add(codec.type().getName() + " is part of the model twice");
            }
            Class<?> other = names.putIfAbsent(codec.kind().name(), codec.type());
            if (other != null && other != codec.type()) {
                mistakes.add(other.getName() + " and " + codec.type().getName() + " are both kept as "
                        + codec.kind().name());
            }
        }
        List<String> each = mistakes.stream().distinct().toList();
        if (!each.isEmpty()) {
            throw Problem.MODEL_INVALID
                    .because("the model has %s", each.size() == 1 ? "a mistake" : each.size() + " mistakes")
                    .fact("mistakes", "\n    - " + String.join("\n    - ", each))
                    .fault();
        }
        return new Codecs(codecs);
    }

    private static void collect(List<String> mistakes, Runnable build) {
        try {
            build.run();
        } catch (ClassReader.Mistaken e) {
            if (e.getMessage() != null) {
                mistakes.add(e.getMessage());
            }
        } catch (Fault e) {
            mistakes.add(e.sentence());
        }
    }

    /**
     * The codec of a class.
     *
     * @throws dev.keepsake.fault.Invalid {@code model-invalid} where the class is not part of the model
     */
    public <T> Codec<T> get(Class<T> type) {
        Codec<?> codec = codecs.get(type);
        if (codec == null) {
            throw Problem.MODEL_INVALID
                    .because("%s is not part of the model", type.getName())
                    .near(
                            type.getSimpleName(),
                            codecs.keySet().stream().map(Class::getSimpleName).toList())
                    .fault();
        }
        @SuppressWarnings("unchecked") // put in under its own class
        Codec<T> found = (Codec<T>) codec;
        return found;
    }

    /** All kinds of the model. */
    public Schema schema() {
        List<Kind> kinds = codecs.values().stream().map(Codec::kind).toList();
        return Schema.of(kinds);
    }
}

package dev.keepsake.codec;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * The codecs of a model's classes, by class. A class needs no base class and no annotation: what is kept are the components
 * of a record or the fields of a class, under their names in snake_case, and the id is the one named {@code id} or
 * annotated with {@code jakarta.persistence.Id}. For a class that cannot be touched there is {@link Mapping}. Immutable,
 * safe for use by several threads.
 *
 * <p>Kept are: booleans, numbers, text, enums (by name), {@code BigDecimal}, {@code BigInteger}, {@code byte[]},
 * {@code UUID}, the {@code java.time} types without zone and {@code Instant}; of those {@code Optional}, {@code List},
 * {@code Set}, and {@code Map} with keys of text or an enum; records, classes and sealed types of them inside others; and other classes of the model:
 * a member of such a class is a reference to one, loaded with its owner, a {@link Ref} is one that is loaded when it is asked
 * for, and a list or set holds the objects that refer to its owner. Anything else is converted by a {@link Conversion}.
 */
public final class Codecs {
    private static final System.Logger LOGGER = System.getLogger(Codecs.class.getName());

    private final Map<Class<?>, Codec<?>> codecs;
    private final Schema schema;

    private Codecs(Map<Class<?>, Codec<?>> codecs, Schema schema) {
        this.codecs = codecs;
        this.schema = schema;
    }

    /** The codec of one class. */
    public static <T> Codec<T> codec(Class<T> type) {
        return of(type).get(type);
    }

    /** The codec of a kind that no class stands for: its objects are States. */
    public static Codec<State> states(Kind kind) {
        return new StateCodec(kind);
    }

    /** The codecs of classes. */
    public static Codecs of(Class<?>... types) {
        return builder().add(types).build();
    }

    /**
     * The codecs of classes, and of those mapped by hand.
     *
     * @throws dev.keepsake.fault.Invalid {@code model-invalid}, all mistakes of all classes together
     */
    public static Codecs of(Collection<Class<?>> types, Collection<Mapping<?>> mappings) {
        Builder builder = builder().add(types.toArray(Class<?>[]::new));
        mappings.forEach(builder::add);
        return builder.build();
    }

    /** Starts a model. */
    public static Builder builder() {
        return new Builder();
    }

    /** Puts a model together. Not safe for use by several threads. */
    public static final class Builder {
        private final List<Class<?>> types = new ArrayList<>();
        private final List<Mapping<?>> mappings = new ArrayList<>();
        private final Map<Class<?>, Conversion<?, ?>> conversions = new LinkedHashMap<>();
        private final List<String> mistakes = new ArrayList<>();

        private Builder() {}

        /** Adds classes; one that is a {@code jakarta.persistence.Converter} applied to all is added as that. */
        public Builder add(Class<?>... more) {
            for (Class<?> type : more) {
                if (!Converters.isConverter(type)) {
                    types.add(type);
                } else if (Converters.isAutomatic(type)) {
                    collect(() -> add(Converters.of(type)));
                }
            }
            return this;
        }

        /** Adds a class mapped by hand. */
        public Builder add(Mapping<?> mapping) {
            mappings.add(mapping);
            return this;
        }

        /** Adds a conversion of all members of a class. */
        public Builder add(Conversion<?, ?> conversion) {
            conversions.put(conversion.type(), conversion);
            return this;
        }

        /**
         * Adds what the jars of a class loader provide, see {@link ModelProvider}. A provider that cannot be loaded or throws is
         * left out whole, and a warning says so: the others can be used all the same.
         */
        public Builder addProvided(ClassLoader loader) {
            Iterator<ModelProvider> providers =
                    ServiceLoader.load(ModelProvider.class, loader).iterator();
            while (true) {
                Builder own = new Builder();
                try {
                    if (!providers.hasNext()) {
                        return this;
                    }
                    providers.next().addTo(own);
                } catch (ServiceConfigurationError | RuntimeException e) {
                    LOGGER.log(System.Logger.Level.WARNING, "a provider of classes is left out: " + e.getMessage(), e);
                    continue;
                }
                types.addAll(own.types);
                mappings.addAll(own.mappings);
                conversions.putAll(own.conversions);
                mistakes.addAll(own.mistakes);
            }
        }

        /**
         * The codecs.
         *
         * @throws dev.keepsake.fault.Invalid {@code model-invalid}, all mistakes of all classes together
         */
        public Codecs build() {
            Entities entities = new Entities(types, mappings, conversions, mistakes);
            Map<Class<?>, Codec<?>> codecs = new LinkedHashMap<>();
            Map<String, Class<?>> names = new LinkedHashMap<>();
            for (Class<?> root : entities.kinds()) {
                collect(() -> read(root, entities, codecs));
            }
            for (Mapping<?> mapping : mappings) {
                collect(() -> {
                    Codec<?> codec = mapping.codec();
                    if (codecs.put(codec.type(), codec) != null) {
                        mistakes.add(codec.type().getName() + " is part of the model twice");
                    }
                });
            }
            codecs.forEach((type, codec) -> {
                Class<?> other = names.putIfAbsent(codec.kind().name(), codec.type());
                if (other != null && !other.isAssignableFrom(type)) {
                    mistakes.add(other.getName() + " and " + type.getName() + " are both kept as "
                            + codec.kind().name());
                }
            });
            Map<String, Kind> joins = mistakes.isEmpty() ? entities.complete(codecs) : Map.of();
            if (mistakes.isEmpty()) {
                Depth.check(codecs.values(), mistakes);
            }
            refuse();
            Map<String, Kind> kinds = new LinkedHashMap<>();
            codecs.values().forEach(codec -> kinds.put(codec.kind().name(), codec.kind()));
            kinds.putAll(joins);
            return new Codecs(codecs, Schema.of(kinds.values()));
        }

        private <T> void read(Class<T> root, Entities entities, Map<Class<?>, Codec<?>> codecs) {
            ClassReader reader = new ClassReader(mistakes, entities);
            if (!entities.isHierarchy(root)) {
                codecs.put(root, reader.codecOf(root));
                return;
            }
            HierarchyCodec<T> hierarchy = reader.hierarchyOf(root, entities.variants(root));
            codecs.put(root, hierarchy);
            hierarchy.variants().forEach(variant -> codecs.putIfAbsent(variant.type(), variant));
        }

        private void collect(Runnable build) {
            try {
                build.run();
            } catch (ClassReader.Mistaken | IllegalArgumentException e) {
                if (e.getMessage() != null) {
                    mistakes.add(e.getMessage());
                }
            } catch (Fault e) {
                mistakes.add(e.sentence());
            }
        }

        private void refuse() {
            List<String> each = mistakes.stream().distinct().toList();
            if (!each.isEmpty()) {
                throw Problem.MODEL_INVALID
                        .because("the model has %s", each.size() == 1 ? "a mistake" : each.size() + " mistakes")
                        .fact("mistakes", "\n    - " + String.join("\n    - ", each))
                        .fault();
            }
        }
    }

    /**
     * The codec of a class.
     *
     * @throws dev.keepsake.fault.Invalid {@code model-invalid} where the class is not part of the model
     */
    public <T> Codec<T> get(Class<T> type) {
        @SuppressWarnings("unchecked") // put in under its own class
        Codec<T> found = (Codec<T>) find(type)
                .orElseThrow(() -> Problem.MODEL_INVALID
                        .because("%s is not part of the model", type.getName())
                        .near(
                                type.getSimpleName(),
                                codecs.keySet().stream()
                                        .map(Class::getSimpleName)
                                        .toList())
                        .fault());
        return found;
    }

    /** The codec of a class, if it is part of the model. */
    public Optional<Codec<?>> find(Class<?> type) {
        return Optional.ofNullable(codecs.get(type));
    }

    /** All codecs: those of classes that share a kind, and the one of them all. */
    public Collection<Codec<?>> all() {
        return codecs.values();
    }

    /** All kinds of the model, those that join included. */
    public Schema schema() {
        return schema;
    }
}

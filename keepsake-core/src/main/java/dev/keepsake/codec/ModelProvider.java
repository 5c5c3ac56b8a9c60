package dev.keepsake.codec;

/**
 * What a jar brings to the models of those who use it: classes, mappings of classes that cannot be touched, conversions. Found by
 * {@link java.util.ServiceLoader} when a model asks for it by {@link Codecs.Builder#addProvided}; an implementation is public and has a
 * constructor without arguments.
 *
 * <pre>{@code
 * public final class Colours implements ModelProvider {
 *     public void addTo(Codecs.Builder model) {
 *         model.add(Mapping.of(Color.class)...);
 *     }
 * }
 * }</pre>
 */
@FunctionalInterface
public interface ModelProvider {
    /** Adds what it has. One that throws is left out, with a warning. */
    void addTo(Codecs.Builder model);
}

package dev.keepsake.schema;

/**
 * A condition that every object of a kind must satisfy.
 *
 * @param name its name, or empty where the store gives it none
 * @param text the condition, in Keepsake's language, or in the store's own where it was read from one
 * @param foreign whether it is in the store's own language
 */
public record Check(String name, String text, boolean foreign) {
    @Override
    public String toString() {
        return (name.isEmpty() ? "" : name + ": ") + text;
    }
}

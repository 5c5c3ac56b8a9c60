package dev.keepsake.schema;

import java.util.List;
import java.util.Locale;

/**
 * A promise that fields hold the id of an object that exists.
 *
 * @param name its name, or empty where the store gives it none
 * @param fields the stored names of the referring fields
 * @param kind the kind referred to
 * @param targets the fields referred to, in the same order
 * @param onDelete what happens to referring objects when the other is deleted
 */
public record Reference(String name, List<String> fields, String kind, List<String> targets, OnDelete onDelete) {

    /** What happens when an object that others refer to is deleted. */
    public enum OnDelete {
        /** The delete is refused. */
        REFUSE,
        /** The referring fields become null. */
        NULLIFY,
        /** The referring objects are deleted too. */
        CASCADE
    }

    /** Copies the lists. */
    public Reference {
        fields = List.copyOf(fields);
        targets = List.copyOf(targets);
    }

    /** A reference of one field to one field, that refuses deletes. */
    public static Reference of(String field, String kind, String target) {
        return new Reference("", List.of(field), kind, List.of(target), OnDelete.REFUSE);
    }

    @Override
    public String toString() {
        return String.join(", ", fields) + " -> " + kind + "(" + String.join(", ", targets) + ")"
                + (onDelete == OnDelete.REFUSE
                        ? ""
                        : " on delete " + onDelete.name().toLowerCase(Locale.ROOT));
    }
}

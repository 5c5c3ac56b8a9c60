package dev.keepsake.schema;

import java.util.List;

/**
 * How objects of one kind lead to objects of another: what their fields hold is what the others' targets hold. Immutable.
 *
 * @param target the other kind
 * @param fields the stored names of the fields here
 * @param targets those there, in the same order
 * @param many whether several others can be meant, since they refer to us
 */
public record Link(Kind target, List<String> fields, List<String> targets, boolean many) {
    /** Copies the lists. */
    public Link {
        fields = List.copyOf(fields);
        targets = List.copyOf(targets);
    }
}

package dev.keepsake.store;

import java.util.List;

/**
 * What a check of a store has found: what is kept beside the objects, such as the entries of indexes, and does not fit them.
 *
 * @param objects how many objects were looked at
 * @param wrong how many things do not fit
 * @param examples the first hundred of them, in words
 */
public record Findings(long objects, long wrong, List<String> examples) {
    /** Nothing is kept beside the objects, so that nothing was looked at. */
    public static final Findings NONE = new Findings(0, 0, List.of());

    /** Copies the examples. */
    public Findings {
        examples = List.copyOf(examples);
    }
}

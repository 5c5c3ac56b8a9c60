package dev.keepsake.store;

import java.util.List;

/**
 * How a store would find what is selected.
 *
 * @param text the store's own words, a line a step
 * @param indexes the names of the indexes that it would use
 * @param sorts whether it would sort what it found
 */
public record Explanation(String text, List<String> indexes, boolean sorts) {
    /** Copies the names. */
    public Explanation {
        indexes = List.copyOf(indexes);
    }
}

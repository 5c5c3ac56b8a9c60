package dev.keepsake.query;

import java.util.List;

/**
 * Changes of the house that objects live in, first to last.
 *
 * @param steps the changes
 */
public record Alterations(List<Alteration> steps) implements Request {
    /** Copies the list. */
    public Alterations {
        steps = List.copyOf(steps);
    }

    /** The given changes. */
    public static Alterations of(Alteration... steps) {
        return new Alterations(List.of(steps));
    }
}

package dev.keepsake.examples.monsters;

import jakarta.persistence.Id;

/**
 * Someone who trains monsters: a record, identified by the name.
 *
 * @param name the name
 * @param badges how many were won
 */
public record Trainer(@Id String name, int badges) {
    /** The same trainer after a fight. */
    public Trainer winning(int more) {
        return new Trainer(name, badges + more);
    }
}

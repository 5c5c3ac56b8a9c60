package dev.keepsake.store;

/**
 * A place in a transaction.
 *
 * @param name distinguishes it within its transaction
 */
public record Mark(String name) {}

package dev.keepsake.store;

/** A place in a transaction. It is no other's, and equal to itself alone; a store gives it a name of its own. */
public final class Mark {
    private final String name;

    /** A new mark; made by stores. */
    public Mark(String name) {
        this.name = name;
    }

    /** What the store calls it. */
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }
}

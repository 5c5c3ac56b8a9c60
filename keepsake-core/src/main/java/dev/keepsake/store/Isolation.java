package dev.keepsake.store;

/** How far a transaction is kept apart from those that run beside it. */
public enum Isolation {
    /**
     * As the store does by itself: each request of a transaction that writes sees what is committed then (PostgreSQL), or all see
     * one state (MariaDB, MySQL, SQLite, memory). Two transactions that each read what the other writes can both commit.
     */
    DEFAULT,
    /**
     * As if those that ask for it ran one after the other; where that cannot be, one of them is a
     * {@link dev.keepsake.fault.Conflict} or finds the store busy, and is to be run again.
     */
    SERIALIZABLE
}

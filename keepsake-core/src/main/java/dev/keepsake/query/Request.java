package dev.keepsake.query;

/** Anything that is asked of a store. */
public sealed interface Request permits Selection, Rows, Aggregation, Changeset, Alterations {}

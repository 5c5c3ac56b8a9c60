package dev.keepsake.schema;

/** Where an id comes from when an object is added without one. */
public enum Generation {
    /** From the user; an object without id is refused. */
    GIVEN,
    /** A whole number that the store counts up. */
    IDENTITY,
    /** A whole number from a sequence that Keepsake counts in blocks, in the store. */
    SEQUENCE,
    /** A UUID of version 7 (RFC 9562), made by Keepsake. */
    UUID,
    /** An {@link dev.keepsake.value.ObjectId}, made by Keepsake as MongoDB's drivers do. */
    OBJECT_ID
}

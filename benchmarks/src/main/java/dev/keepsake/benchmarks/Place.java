package dev.keepsake.benchmarks;

/** Where one peer keeps its objects, empty at first: how it is reached, and what is done to it beside what is measured. */
public sealed interface Place permits Database, RedisPlace, MongoPlace {
    /** Its URL for Keepsake, with user and password in it. */
    String keepsakeUrl();

    /** What is told it once, after its peer has made what it needs. */
    void tune() throws Exception;

    /** Deletes all objects. */
    void clear() throws Exception;

    /** Lets it look at what was written, as it would do by itself at some time. */
    void settle() throws Exception;

    /** Refuses it where it does not hold all projects and releases, with this sum of sizes. */
    void check(Data data, long sizes, String who) throws Exception;
}

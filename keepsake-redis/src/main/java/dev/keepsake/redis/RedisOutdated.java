package dev.keepsake.redis;

/** A script was told of a kind as it is no longer: what is to be done is done anew with what the kind is now. */
final class RedisOutdated extends RuntimeException {
    private static final long serialVersionUID = 1;

    RedisOutdated() {
        super("a kind is no longer as it was known", null, false, false);
    }
}

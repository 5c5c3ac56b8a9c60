package dev.keepsake.store;

import java.util.Set;

/** Opens the stores of some URL schemes; found by {@link java.util.ServiceLoader}. */
public interface StoreProvider {
    /** The schemes, in lower case. */
    Set<String> schemes();

    /** Opens a store; the caller wraps it as {@link Guarded}. */
    Store open(StoreUrl url);
}

package dev.keepsake.cli;

import dev.keepsake.store.Guarded;
import dev.keepsake.store.StoreUrl;
import dev.keepsake.store.Stores;

/** Opens stores as commands need them. Stateless. */
final class Opening {
    private Opening() {}

    /** The store of a URL, to write to; an SQLite file that is missing is made by the first write. */
    static Guarded toWrite(String url) {
        return Stores.open(url);
    }

    /** The store of a URL, to read from; an SQLite file that is missing is a fault, not an empty store. */
    static Guarded toRead(String url) {
        StoreUrl parsed = StoreUrl.parse(url);
        boolean file = parsed.scheme().equals("sqlite")
                && !parsed.place().isEmpty()
                && !parsed.place().equals(":memory:")
                && parsed.option("mode").isEmpty();
        return Stores.open(file ? parsed.with("mode", "rw") : parsed);
    }
}

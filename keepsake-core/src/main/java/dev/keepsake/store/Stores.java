package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** Opens stores by URL, through the {@link StoreProvider}s on the class path or module path. Stateless. */
public final class Stores {
    /** The modules of Keepsake's own, by the schemes that they have. */
    private static final Map<String, String> OURS = Map.of(
            "sqlite", "keepsake-sql",
            "postgresql", "keepsake-sql",
            "mariadb", "keepsake-sql",
            "mysql", "keepsake-sql",
            "redis", "keepsake-redis",
            "rediss", "keepsake-redis",
            "mongodb", "keepsake-mongo",
            "mongodb+srv", "keepsake-mongo");

    private Stores() {}

    /**
     * Opens the store of a URL such as {@code sqlite:pypi.db} or {@code memory:}.
     *
     * @throws dev.keepsake.fault.Invalid {@code unknown-scheme} with the known ones, {@code malformed-url}
     * @throws dev.keepsake.fault.Unavailable where it cannot be reached
     */
    public static Guarded open(String url) {
        return open(StoreUrl.parse(url));
    }

    /** As {@link #open(String)}, of a URL that is read already or made of parts. */
    public static Guarded open(StoreUrl url) {
        for (StoreProvider provider : ServiceLoader.load(StoreProvider.class, Stores.class.getClassLoader())) {
            if (provider.schemes().contains(url.scheme())) {
                return Guarded.of(provider.open(url));
            }
        }
        Report report = Problem.UNKNOWN_SCHEME
                .because("no store has the scheme %s", url.scheme())
                .fact("known", String.join(", ", schemes()));
        throw (url.scheme().equals("jdbc")
                        ? report.hint("a URL is a store's own here: sqlite:FILE, not jdbc:sqlite:FILE")
                        : OURS.containsKey(url.scheme())
                                ? report.hint("put the module that has it on the class path: " + OURS.get(url.scheme()))
                                : report.nearOnly(url.scheme(), schemes()))
                .fault();
    }

    /** A new store in memory that answers with the given Features: the oracle of the store that they are of. */
    public static Guarded memory(Features features) {
        return Guarded.of(new MemoryStore(features));
    }

    /** The known schemes, sorted. */
    public static Set<String> schemes() {
        Set<String> schemes = new TreeSet<>();
        ServiceLoader.load(StoreProvider.class, Stores.class.getClassLoader())
                .forEach(provider -> schemes.addAll(provider.schemes()));
        return schemes;
    }
}

package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Opens {@code memory:}, {@code memory:?as=redis}. */
public final class MemoryProvider implements StoreProvider {
    /** For the service loader. */
    public MemoryProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("memory");
    }

    @Override
    public Store open(StoreUrl url) {
        url.allowing(List.of("as", "partialCommits"));
        if (!url.place().isEmpty()) {
            throw Problem.MALFORMED_URL
                    .because("memory: takes no name")
                    .hint("write memory:")
                    .fault();
        }
        Map<String, Features> presets = Features.presets();
        String as = url.option("as").orElse("memory");
        Features features = presets.get(as);
        if (features == null) {
            throw Problem.MALFORMED_URL
                    .because("memory: cannot answer as %s", as)
                    .near(as, presets.keySet())
                    .fault();
        }
        String partial = url.option("partialCommits").orElse("refuse");
        if (!Set.of("allow", "refuse").contains(partial)) {
            throw Problem.MALFORMED_URL
                    .because("partialCommits is allow or refuse")
                    .fault();
        }
        boolean allowed = partial.equals("allow") && features.commits() == Features.Commits.ONE_OBJECT;
        return new MemoryStore(allowed ? features.committing(Features.Commits.PARTIAL) : features);
    }
}

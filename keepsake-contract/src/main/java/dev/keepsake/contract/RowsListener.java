package dev.keepsake.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes which rows a run asserted, on which store: {@code target/rows.json}, one object for each row of each test
 * method. Repeated, parametrised and dynamic tests count as their method. At full {@link Scale} it also writes
 * {@code target/soak.json}, an object for each size that a test asked for, with the server that it used. JUnit finds this class by itself where this
 * jar is on the class path.
 *
 * <p>Tests tagged {@code data}, and those that {@link StandIns} leave out, are not among the rows, which so are the same wherever the build runs. The system
 * property {@code keepsake.rows=off} writes nothing. A run on Debian's servers ({@link Servers}) repeats a part of another
 * run: it writes no rows, and {@code target/soak-debian.json} instead of the other. Tests that run in parallel in one JVM are not told apart.
 */
public final class RowsListener implements TestExecutionListener {
    private static final String NO_STORE = "-";

    /** One test method, or one class, as it runs. */
    private static final class Entry {
        final String test;
        final String store;
        final List<String> rows;
        final Running.Asked asked = new Running.Asked();
        final long started = System.nanoTime();
        double seconds;
        boolean passed = true;

        Entry(String test, String store, List<String> rows) {
            this.test = test;
            this.store = store;
            this.rows = rows;
        }
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private @Nullable TestPlan plan;

    /** For JUnit. */
    public RowsListener() {}

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
        entries.clear();
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        TestIdentifier whole = whole(test);
        Running.now(entries.computeIfAbsent(whole.getUniqueId(), id -> entry(whole)).asked);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Entry entry = entries.get(whole(test).getUniqueId());
        if (entry == null) {
            return;
        }
        entry.seconds = (System.nanoTime() - entry.started) / 1e9;
        if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
            path(test).forEach(this::failed);
            Long seed = entry.asked.seed();
            if (seed != null) {
                System.err.println(entry.test + " failed with -Dkeepsake.seed=" + seed);
            }
        }
        parent(test)
                .map(this::whole)
                .map(whole -> entries.get(whole.getUniqueId()))
                .ifPresent(above -> Running.now(above.asked));
    }

    @Override
    public void testPlanExecutionFinished(TestPlan finished) {
        if (System.getProperty("keepsake.rows", "").equals("off")) {
            return;
        }
        Path target = Path.of(System.getProperty("basedir", ""), "target");
        try {
            Files.createDirectories(target);
            if (!Servers.isDebian()) {
                Files.writeString(target.resolve("rows.json"), RowsReport.array(rows()));
            }
            if (Scale.isFull()) {
                String file = Servers.isDebian() ? RowsReport.SOAK_DEBIAN : RowsReport.SOAK;
                Files.writeString(target.resolve(file), RowsReport.array(soak()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void failed(TestIdentifier test) {
        Entry entry = entries.get(test.getUniqueId());
        if (entry != null) {
            entry.passed = false;
        }
    }

    private List<String> rows() {
        List<RowsReport.Line> lines = new ArrayList<>();
        for (Entry entry : entries.values()) {
            for (String row : entry.rows) {
                lines.add(new RowsReport.Line(row, entry.store, entry.test, entry.passed));
            }
        }
        return RowsReport.merged(lines).stream().map(RowsReport.Line::json).toList();
    }

    private List<String> soak() {
        List<String> lines = new ArrayList<>();
        for (Entry entry : entries.values()) {
            Map<Scale, Integer> sizes = entry.asked.sizes();
            Long seed = entry.asked.seed();
            sizes.forEach((scale, size) -> lines.add(soak(entry, scale, size, seed)));
            if (sizes.isEmpty() && seed != null) {
                lines.add(soak(entry, null, null, seed));
            }
        }
        return lines.stream().sorted(RowsReport.NATURAL).toList();
    }

    private static String soak(Entry entry, @Nullable Scale scale, @Nullable Integer size, @Nullable Long seed) {
        return "{\"test\": " + RowsReport.text(entry.test)
                + ", \"store\": " + RowsReport.text(entry.store)
                + ", \"server\": " + textOrNull(entry.asked.server())
                + ", \"scale\": " + textOrNull(scale == null ? null : scale.name())
                + ", \"size\": " + size
                + ", \"seconds\": " + Math.round(entry.seconds * 1000) / 1000.0
                + ", \"seed\": " + seed
                + ", \"result\": " + (entry.passed ? "\"passed\"" : "\"failed\"") + "}";
    }

    private static String textOrNull(@Nullable String value) {
        return value == null ? "null" : RowsReport.text(value);
    }

    private Entry entry(TestIdentifier test) {
        MethodSource method = method(test);
        List<Class<?>> classes = classes(test);
        String store = classes.stream()
                .map(type -> type.getAnnotation(On.class))
                .filter(on -> on != null)
                .findFirst()
                .map(On::value)
                .orElse(NO_STORE);
        List<String> tags = test.getTags().stream().map(TestTag::getName).toList();
        boolean isEverywhere = method != null
                && !tags.contains("data")
                && !StandIns.isLeftOutSomewhere(store, method.getJavaMethod(), tags);
        List<String> rows = method != null && isEverywhere ? rows(method.getJavaMethod(), classes) : List.of();
        return new Entry(TestName.of(test), store, rows);
    }

    private static List<String> rows(Method method, List<Class<?>> classes) {
        Row own = method.getAnnotation(Row.class);
        if (own != null) {
            return List.of(own.value());
        }
        return classes.stream()
                .map(type -> type.getAnnotation(Row.class))
                .filter(row -> row != null)
                .findFirst()
                .map(row -> List.of(row.value()))
                .orElse(List.of());
    }

    /** The test's classes from the innermost out, each with its superclasses. */
    private List<Class<?>> classes(TestIdentifier test) {
        List<Class<?>> classes = new ArrayList<>();
        for (TestIdentifier step : path(test)) {
            if (step.getSource().orElse(null) instanceof ClassSource source) {
                for (Class<?> type = source.getJavaClass(); type != null; type = type.getSuperclass()) {
                    classes.add(type);
                }
            }
        }
        return classes;
    }

    /** The whole that a test is a part of: the method of a parametrised, repeated or dynamic one, else itself. */
    private TestIdentifier whole(TestIdentifier test) {
        return path(test).stream()
                .filter(step -> method(step) != null)
                .reduce((inner, outer) -> outer)
                .orElse(test);
    }

    private static @Nullable MethodSource method(TestIdentifier test) {
        return test.getSource().orElse(null) instanceof MethodSource source ? source : null;
    }

    private List<TestIdentifier> path(TestIdentifier test) {
        List<TestIdentifier> path = new ArrayList<>();
        for (Optional<TestIdentifier> step = Optional.of(test); step.isPresent(); step = parent(step.get())) {
            path.add(step.get());
        }
        return path;
    }

    private Optional<TestIdentifier> parent(TestIdentifier test) {
        return plan == null ? Optional.empty() : plan.getParent(test);
    }
}

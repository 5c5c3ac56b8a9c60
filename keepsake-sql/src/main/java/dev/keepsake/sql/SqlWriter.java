package dev.keepsake.sql;

import dev.keepsake.value.Id;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** SQL text as it grows, with the native values of its parameters in order. */
final class SqlWriter {
    private final Dialect dialect;
    private final StringBuilder text = new StringBuilder();
    private final List<Object> binds = new ArrayList<>();

    SqlWriter(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Appends SQL as it is. */
    SqlWriter sql(String sql) {
        text.append(sql);
        return this;
    }

    /** Appends a name, quoted where it must be. */
    SqlWriter name(String name) {
        text.append(dialect.identifier(name));
        return this;
    }

    /** Appends names with commas between. */
    SqlWriter names(Collection<String> names) {
        return each(names, ", ", this::name);
    }

    /** Appends a parameter. */
    SqlWriter bind(Object nativeValue) {
        if (nativeValue instanceof Id) {
            throw new IllegalArgumentException("an id of several parts is bound part by part");
        }
        text.append('?');
        binds.add(nativeValue);
        return this;
    }

    /** Appends something for each, with a separator between. */
    <T> SqlWriter each(Collection<T> all, String separator, Consumer<T> append) {
        boolean first = true;
        for (T each : all) {
            if (!first) {
                text.append(separator);
            }
            first = false;
            append.accept(each);
        }
        return this;
    }

    /** What has been written. */
    Statement done() {
        return new Statement(text.toString(), List.copyOf(binds));
    }

    /**
     * SQL with its parameters.
     *
     * @param text with a question mark for each
     * @param binds their native values
     */
    record Statement(String text, List<Object> binds) {}
}

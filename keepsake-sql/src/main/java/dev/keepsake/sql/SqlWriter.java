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

    /** Appends the name of a kind's table. */
    SqlWriter table(String kind) {
        text.append(dialect.table(kind));
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

    /** Appends a whole statement with its parameters. */
    SqlWriter append(Statement statement) {
        text.append(statement.text());
        binds.addAll(statement.binds());
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
    record Statement(String text, List<Object> binds) {
        /** With the parameters as constants, for what takes no parameters. */
        String literal(Dialect dialect) {
            StringBuilder literal = new StringBuilder();
            int bind = 0;
            char quote = 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (quote == 0 ? c == '\'' || c == '"' || c == '`' : c == quote) {
                    quote = quote == 0 ? c : 0;
                }
                if (c == '?' && quote == 0) {
                    literal.append(dialect.constant(binds.get(bind++)));
                } else {
                    literal.append(c);
                }
            }
            return literal.toString();
        }
    }
}

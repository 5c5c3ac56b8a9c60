package dev.keepsake.sql;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** All that is known of jOOQ, which is there only where a user brings it: this class is loaded when it is asked for. */
final class SqlJooq {
    private SqlJooq() {}

    /** One record: the names of its columns, and its values. */
    record Given(List<String> names, List<@Nullable Object> values) {}

    /** A context on a connection, whose transaction is somebody else's. */
    static DSLContext context(Connection connection, Dialect dialect) {
        return DSL.using(connection, SQLDialect.valueOf(dialect.jooq()));
    }

    /** The records of a Record, or of a Result or another collection of them; null where that is something else. */
    static @Nullable List<Given> records(Object rows) {
        Iterable<?> all = rows instanceof Record one ? List.of(one) : rows instanceof Iterable<?> many ? many : null;
        if (all == null) {
            return null;
        }
        List<Given> records = new ArrayList<>();
        for (Object each : all) {
            if (!(each instanceof Record record)) {
                return null;
            }
            records.add(new Given(
                    Arrays.stream(record.fields()).map(Field::getName).toList(), Arrays.asList(record.intoArray())));
        }
        return records;
    }
}

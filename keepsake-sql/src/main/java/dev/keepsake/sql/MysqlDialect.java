package dev.keepsake.sql;

import dev.keepsake.schema.Kind;
import dev.keepsake.value.Type;
import org.jspecify.annotations.Nullable;

/** MySQL's answers, where they are not MariaDB's. */
final class MysqlDialect extends MariadbDialect {
    MysqlDialect(String database) {
        super(database);
    }

    @Override
    public String jooq() {
        return "MYSQL";
    }

    static final String ISOLATION = "transaction_isolation";

    @Override
    String isolation() {
        return ISOLATION;
    }

    @Override
    String collation() {
        return "utf8mb4_0900_bin";
    }

    /** It has no type for UUIDs, and its own JSON keeps decimals as binary numbers: text is exact. */
    @Override
    String declared(Type type, boolean keyed) {
        return MariadbTypes.declared(type, keyed, false);
    }

    /** It has no RETURNING; each row is asked for its id. */
    @Override
    public @Nullable String returning(Kind kind) {
        return null;
    }

    /** Its JSON_VALUE cuts what is long. */
    @Override
    String text(String json) {
        return "CONVERT(JSON_UNQUOTE(" + json + ") USING utf8mb4) COLLATE " + collation();
    }

    @Override
    String truth(boolean value) {
        return String.valueOf(value);
    }

    /** A check says that a text is JSON, as MariaDB's own type does. */
    @Override
    String described(String name, Type type, boolean keyed) {
        return Type.nested(type) ? " CHECK (json_valid(" + identifier(name) + "))" : super.described(name, type, keyed);
    }

    @Override
    Column made(Type type, boolean keyed) {
        ServerColumn json = Type.nested(type) ? nativeColumn("json").as(type) : null;
        return json == null ? super.made(type, keyed) : json.own();
    }

    @Override
    void regex(SqlWriter out, String text, String regex) {
        out.sql("REGEXP_LIKE(" + text + ", ").bind(regex).sql(", 'c')");
    }
}

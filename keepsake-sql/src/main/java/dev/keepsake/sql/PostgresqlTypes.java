package dev.keepsake.sql;

import dev.keepsake.sql.ServerColumn.Storage;
import dev.keepsake.value.Type;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PostgreSQL's types as ours (manual, "Data Types"); what Keepsake knows nothing of is kept as its text, by which nothing is lost. */
final class PostgresqlTypes {
    /** What the inspector appends to the type of an enumeration. */
    static final String CHOICE = " enum";

    private static final Pattern DECLARED = Pattern.compile("([^(]*?)\\s*\\((\\d+)(?:,\\s*(-?\\d+))?\\)(.*)");

    private PostgresqlTypes() {}

    static String declared(Type type) {
        return switch (type) {
            case Type.Bool b -> "boolean";
            case Type.Int i -> i.bits() == 64 ? "bigint" : i.bits() == 32 ? "integer" : "smallint";
            case Type.Real r -> "double precision";
            case Type.Decimal d -> "numeric(" + d.precision() + "," + d.scale() + ")";
            case Type.Text t -> t.length() == 0 ? "text" : "character varying(" + t.length() + ")";
            case Type.Binary b -> "bytea";
            case Type.Uuid u -> "uuid";
            case Type.Oid o -> "character varying(24)";
            case Type.Date d -> "date";
            case Type.Time t -> "time(" + t.precision() + ") without time zone";
            case Type.DateTime t -> "timestamp(" + t.precision() + ") without time zone";
            case Type.Instant i -> "timestamp(" + i.precision() + ") with time zone";
            case Type.Sequence s -> "jsonb";
            case Type.Dictionary d -> "jsonb";
            case Type.Struct s -> "jsonb";
            case Type.Any a -> "jsonb";
        };
    }

    /** Whether the native type of a type tells that it is this one; what is inside JSON is nobody's to declare. */
    static boolean tells(Type type) {
        return Type.nested(type) || column(declared(type)).type().equals(type);
    }

    /** The column of a native type. */
    static ServerColumn column(String text) {
        return ServerTypes.column(text, '"', PostgresqlTypes::plain);
    }

    private static ServerColumn plain(String declared) {
        if (declared.endsWith("[]")) {
            ServerColumn element = plain(declared.substring(0, declared.length() - 2));
            return element.storage() == Storage.FOREIGN || element.storage() == Storage.JSON_BINARY
                    ? ServerColumn.of(Type.TEXT, Storage.FOREIGN, declared)
                    : ServerColumn.ofArray(element, declared);
        }
        if (declared.endsWith(CHOICE)) {
            return ServerColumn.of(Type.TEXT, Storage.CHOICE, declared);
        }
        int domain = declared.indexOf(" domain of ");
        if (domain >= 0) {
            return plain(declared.substring(domain + " domain of ".length()));
        }
        Matcher matcher = DECLARED.matcher(declared);
        boolean sized = matcher.matches();
        String name = (sized ? matcher.group(1) + matcher.group(4) : declared).toLowerCase(Locale.ROOT);
        int first = sized ? ServerTypes.number(matcher.group(2)) : -1;
        int second = sized && matcher.group(3) != null ? Integer.parseInt(matcher.group(3)) : 0;
        int fraction = first < 0 ? 6 : first;
        return switch (name) {
            case "boolean" -> ServerColumn.of(Type.BOOLEAN, Storage.BOOLEAN, declared);
            case "smallint" -> ServerColumn.of(new Type.Int(16), Storage.INTEGER, declared);
            case "integer" -> ServerColumn.of(new Type.Int(32), Storage.INTEGER, declared);
            case "bigint" -> ServerColumn.of(Type.INTEGER, Storage.INTEGER, declared);
            case "double precision" -> ServerColumn.of(Type.DOUBLE, Storage.REAL, declared);
            case "real" -> ServerColumn.of(Type.DOUBLE, Storage.SINGLE, declared);
            case "numeric" -> decimal(first, second, declared);
            case "text", "character varying", "name" ->
                ServerColumn.of(new Type.Text(Math.max(first, 0)), Storage.TEXT, declared);
            case "character" -> ServerColumn.of(new Type.Text(Math.max(first, 0)), Storage.PADDED_TEXT, declared);
            case "bytea" -> ServerColumn.of(Type.BYTES, Storage.BYTES, declared);
            case "uuid" -> ServerColumn.of(Type.UUID, Storage.UUID, declared);
            case "date" -> ServerColumn.of(Type.DATE, Storage.DATE, declared);
            case "time without time zone" -> ServerColumn.of(new Type.Time(fraction), Storage.TIME, declared);
            case "timestamp without time zone" ->
                ServerColumn.of(new Type.DateTime(fraction), Storage.DATE_TIME, declared);
            case "timestamp with time zone" -> ServerColumn.of(new Type.Instant(fraction), Storage.MOMENT, declared);
            case "jsonb" -> ServerColumn.of(Type.ANY, Storage.JSON_BINARY, declared);
            case "json" -> ServerColumn.of(Type.ANY, Storage.JSON, declared);
            default -> ServerColumn.of(Type.TEXT, Storage.FOREIGN, declared);
        };
    }

    /** One without digits, or with more than a value can have, takes what it is given, but for what it rounds. */
    private static ServerColumn decimal(int precision, int scale, String declared) {
        boolean usual = precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision;
        ServerColumn column = usual
                ? ServerColumn.of(new Type.Decimal(precision, scale), Storage.DECIMAL, declared)
                : ServerColumn.of(Type.DECIMAL, Storage.DECIMAL, "numeric");
        return precision < 1 ? column : column.rounding(scale);
    }
}

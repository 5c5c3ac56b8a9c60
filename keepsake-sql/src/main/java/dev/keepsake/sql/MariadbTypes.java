package dev.keepsake.sql;

import dev.keepsake.sql.ServerColumn.Storage;
import dev.keepsake.value.Type;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The types of MariaDB and MySQL as ours (Knowledge Base, "Data Types"); what Keepsake knows nothing of is kept as its text. */
final class MariadbTypes {
    /** How long a text or bytes in a key can be that nobody gave a length. */
    private static final int KEYED = 255;

    /** The longest text that has a length of its own: the columns of a row share 65,535 bytes. */
    private static final int LONGEST = 2_000;

    private static final Pattern DECLARED =
            Pattern.compile("([a-z0-9_ ]+?)\\s*(?:\\((\\d+)(?:,\\s*(\\d+))?\\))?( .*)?");

    private MariadbTypes() {}

    static String declared(Type type, boolean keyed, boolean mariadb) {
        return switch (type) {
            case Type.Bool b -> "tinyint(1)";
            case Type.Int i ->
                switch (i.bits()) {
                    case 8 -> "tinyint";
                    case 16 -> "smallint";
                    case 32 -> "int";
                    default -> "bigint";
                };
            case Type.Real r -> "double";
            case Type.Decimal d -> "decimal(" + d.precision() + "," + d.scale() + ")";
            case Type.Text t ->
                t.length() == 0 && keyed
                        ? "varchar(" + KEYED + ")"
                        : t.length() == 0 || t.length() > LONGEST ? "longtext" : "varchar(" + t.length() + ")";
            case Type.Binary b -> keyed ? "varbinary(" + KEYED + ")" : "longblob";
            case Type.Uuid u -> mariadb ? "uuid" : "char(36)";
            case Type.Oid o -> "char(24)";
            case Type.Date d -> "date";
            case Type.Time t -> "time(" + t.precision() + ")";
            case Type.DateTime t -> "datetime(" + t.precision() + ")";
            // its timestamp ends in 2038
            case Type.Instant i -> "datetime(" + i.precision() + ")";
            case Type.Sequence s -> json(mariadb);
            case Type.Dictionary d -> json(mariadb);
            case Type.Struct s -> json(mariadb);
            case Type.Any a -> json(mariadb);
        };
    }

    private static String json(boolean mariadb) {
        return mariadb ? "json" : "longtext";
    }

    /** The column of a native type. */
    static ServerColumn column(String text) {
        return ServerTypes.column(text, '\'', MariadbTypes::plain);
    }

    private static ServerColumn plain(String text) {
        if (text.startsWith("enum(") || text.startsWith("set(")) {
            return ServerColumn.of(Type.TEXT, Storage.CHOICE, text);
        }
        String declared = text.toLowerCase(Locale.ROOT);
        Matcher matcher = DECLARED.matcher(declared);
        boolean sized = matcher.matches();
        String name = sized ? matcher.group(1) : declared;
        int first = sized ? ServerTypes.number(matcher.group(2)) : -1;
        int second = sized && matcher.group(3) != null ? ServerTypes.number(matcher.group(3)) : 0;
        boolean unsigned = declared.contains("unsigned");
        name = name.replace(" unsigned", "").replace(" zerofill", "");
        int fraction = Math.max(first, 0);
        return switch (name) {
            case "tinyint" ->
                first == 1
                        ? ServerColumn.of(Type.BOOLEAN, Storage.BOOLEAN_NUMBER, declared)
                        : whole(unsigned ? 16 : 8, declared);
            case "smallint" -> whole(unsigned ? 32 : 16, declared);
            case "mediumint" -> whole(32, declared);
            case "int" -> whole(unsigned ? 64 : 32, declared);
            case "bigint" ->
                unsigned ? ServerColumn.of(new Type.Decimal(20, 0), Storage.DECIMAL, declared) : whole(64, declared);
            case "year" -> whole(16, declared);
            case "double" -> ServerColumn.of(Type.DOUBLE, Storage.REAL, declared);
            case "float" -> ServerColumn.of(Type.DOUBLE, Storage.SINGLE, declared);
            case "decimal" ->
                first < 1 || first > 38
                        ? ServerColumn.of(Type.DECIMAL, Storage.DECIMAL, "numeric")
                                .rounding(second)
                        : ServerColumn.of(new Type.Decimal(first, second), Storage.DECIMAL, declared)
                                .rounding(second);
            case "varchar" -> ServerColumn.of(new Type.Text(Math.max(first, 0)), Storage.TEXT, declared);
            case "char" -> ServerColumn.of(new Type.Text(Math.max(first, 0)), Storage.PADDED_TEXT, declared);
            case "tinytext", "text", "mediumtext", "longtext" -> ServerColumn.of(Type.TEXT, Storage.TEXT, declared);
            case "json" -> ServerColumn.of(Type.ANY, Storage.JSON, declared);
            case "tinyblob", "blob", "mediumblob", "longblob", "varbinary", "binary" ->
                ServerColumn.of(Type.BYTES, Storage.BYTES, declared);
            case "geometry",
                    "point",
                    "linestring",
                    "polygon",
                    "multipoint",
                    "multilinestring",
                    "multipolygon",
                    "geometrycollection" -> ServerColumn.of(Type.BYTES, Storage.BYTES, declared);
            case "bit" ->
                first <= 1
                        ? ServerColumn.of(Type.BOOLEAN, Storage.BOOLEAN_NUMBER, declared)
                        : ServerColumn.of(Type.BYTES, Storage.BYTES, declared);
            case "uuid" -> ServerColumn.of(Type.UUID, Storage.UUID, declared);
            case "date" -> ServerColumn.of(Type.DATE, Storage.DATE, declared);
            case "time" -> ServerColumn.of(new Type.Time(fraction), Storage.TIME, declared);
            case "datetime" -> ServerColumn.of(new Type.DateTime(fraction), Storage.DATE_TIME, declared);
            case "timestamp" -> ServerColumn.of(new Type.Instant(fraction), Storage.DATE_TIME, declared);
            default -> ServerColumn.of(Type.TEXT, Storage.FOREIGN, declared);
        };
    }

    private static ServerColumn whole(int bits, String declared) {
        return ServerColumn.of(new Type.Int(bits), Storage.INTEGER, declared);
    }
}

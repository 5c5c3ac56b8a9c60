package dev.keepsake.sql;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a database says of itself, as rows that inspectors read. */
record SqlCatalog(Connection connection) {
    /** One row, by column names in small letters. */
    record Row(Map<String, @Nullable Object> values) {
        /** The value as text; empty for null. */
        String text(String name) {
            Object value = values.get(name);
            return value == null ? "" : value.toString();
        }

        @Nullable
        String textOrNull(String name) {
            return values.get(name) == null ? null : text(name);
        }

        boolean truth(String name) {
            return Boolean.TRUE.equals(values.get(name));
        }

        /** The value as a number; zero for what is none. */
        long number(String name) {
            return values.get(name) instanceof Number number ? number.longValue() : 0;
        }

        /** The texts of an array. */
        List<String> list(String name) {
            return values.get(name) instanceof String[] texts ? List.of(texts) : List.of();
        }
    }

    List<Row> rows(String sql, @Nullable String... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setString(i + 1, arguments[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                List<Row> rows = new ArrayList<>();
                while (result.next()) {
                    Map<String, @Nullable Object> values = new LinkedHashMap<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        values.put(
                                result.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT),
                                plain(result.getObject(i)));
                    }
                    rows.add(new Row(values));
                }
                return rows;
            }
        }
    }

    private static @Nullable Object plain(@Nullable Object value) throws SQLException {
        return switch (value) {
            case Array array -> array.getArray();
            case byte[] text -> new String(text, StandardCharsets.UTF_8);
            case null, default -> value;
        };
    }
}

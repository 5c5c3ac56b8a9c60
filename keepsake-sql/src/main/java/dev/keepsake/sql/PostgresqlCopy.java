package dev.keepsake.sql;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** Rows as the text of PostgreSQL's COPY (manual, "COPY", "Text Format"), its quickest way to take many. */
final class PostgresqlCopy {
    private PostgresqlCopy() {}

    /** Copies rows into a table; all of them, or none where it throws. */
    static void copy(Connection connection, String into, List<? extends List<? extends @Nullable Object>> rows)
            throws SQLException {
        StringBuilder text = new StringBuilder(rows.size() * 100);
        for (List<? extends @Nullable Object> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                if (i > 0) {
                    text.append('\t');
                }
                append(text, row.get(i));
            }
            text.append('\n');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        try {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY " + into + " FROM STDIN", new ByteArrayInputStream(bytes), 1 << 16);
        } catch (IOException e) {
            throw new SQLException("rows could not be sent", "08006", e);
        }
    }

    private static void append(StringBuilder text, @Nullable Object nativeValue) {
        switch (nativeValue) {
            case null -> text.append("\\N");
            case String s -> escaped(text, s);
            case byte[] bytes -> text.append("\\\\x").append(HexFormat.of().formatHex(bytes));
            case BigDecimal number -> text.append(number.toPlainString());
            case Boolean truth -> text.append(truth ? 't' : 'f');
            default -> text.append(nativeValue);
        }
    }

    private static void escaped(StringBuilder text, String s) {
        int from = 0;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            char sign = c == '\\' ? '\\' : c == '\n' ? 'n' : c == '\t' ? 't' : c == '\r' ? 'r' : 0;
            if (sign != 0) {
                text.append(s, from, i).append('\\').append(sign);
                from = i + 1;
            }
        }
        text.append(s, from, s.length());
    }
}

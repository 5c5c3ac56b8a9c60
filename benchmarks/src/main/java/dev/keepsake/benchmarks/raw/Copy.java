package dev.keepsake.benchmarks.raw;

import dev.keepsake.benchmarks.Data;
import dev.keepsake.benchmarks.Row;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/** Binary COPY by hand (PostgreSQL's manual, "COPY", file formats): what mass loading could cost there. */
final class Copy implements AutoCloseable {
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final int BUFFER = 65_536;

    private final DataOutputStream out;

    private Copy(Connection connection, String table) throws SQLException, IOException {
        String sql = "COPY " + table + " FROM STDIN (FORMAT binary)";
        out = new DataOutputStream(new BufferedOutputStream(
                new PGCopyOutputStream(connection.unwrap(PGConnection.class), sql, BUFFER), BUFFER));
        out.write("PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1));
        out.writeInt(0); // no flags
        out.writeInt(0); // no more header
    }

    /** Writes all projects and releases in transactions of the usual size; gives how many releases. */
    static long copy(Connection connection, Data data) throws SQLException, IOException {
        try (Copy projects = new Copy(connection, "projects (id, license)")) {
            for (String id : data.projects()) {
                projects.out.writeShort(2);
                projects.text(id);
                projects.text("MIT");
            }
        }
        connection.commit();
        long copied = 0;
        for (List<Row> unit : data.units()) {
            try (Copy releases = new Copy(
                    connection, "releases (id, project_id, major, minor, created, size, url, digest, yanked)")) {
                for (Row row : unit) {
                    releases.row(row);
                }
            }
            connection.commit();
            copied += unit.size();
        }
        return copied;
    }

    private void row(Row row) throws IOException {
        out.writeShort(9);
        number(row.id());
        text(row.project());
        integer(row.major());
        integer(row.minor());
        number(ChronoUnit.MICROS.between(EPOCH, row.created()));
        number(row.size());
        text(row.url());
        text(row.digest());
        out.writeInt(1);
        out.writeBoolean(row.yanked());
    }

    private void number(long value) throws IOException {
        out.writeInt(8);
        out.writeLong(value);
    }

    private void integer(int value) throws IOException {
        out.writeInt(4);
        out.writeInt(value);
    }

    private void text(String value) throws IOException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    @Override
    public void close() throws IOException {
        out.writeShort(-1);
        out.close();
    }
}

package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Misnamed;
import dev.keepsake.value.Type;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Changes of schema as SQL: each checked against what is there, so that a mistake is said in terms of kinds. */
final class SqlAlterations {
    private final SqlStore store;
    private final SqlConnection connection;
    private final Dialect dialect;

    SqlAlterations(SqlStore store, SqlConnection connection) {
        this.store = store;
        this.connection = connection;
        this.dialect = store.dialect();
    }

    void alter(List<Alteration> steps) {
        for (int i = 0; i < steps.size(); i++) {
            check(steps.get(i));
            connection.forget();
            statements(steps, i).forEach(connection::run);
        }
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof Alteration.CreateKind create) {
                dialect.refer(create.kind(), later(steps, i)).forEach(connection::run);
            }
        }
    }

    /** The kinds that are created after a step. */
    private static List<String> later(List<Alteration> steps, int at) {
        List<String> later = new ArrayList<>();
        for (Alteration step : steps.subList(at + 1, steps.size())) {
            if (step instanceof Alteration.CreateKind create) {
                later.add(create.kind().name());
            }
        }
        return later;
    }

    private List<String> statements(List<Alteration> steps, int at) {
        return switch (steps.get(at)) {
            case Alteration.CreateKind create -> dialect.create(create.kind(), later(steps, at));
            case Alteration.AddIndex add -> List.of(dialect.index(there(add.kind()), add.index()));
            case Alteration.DropIndex drop -> List.of(dialect.dropIndex(there(drop.kind()), drop.index()));
            default -> render(steps.get(at), dialect);
        };
    }

    /** The statements of a step, as far as it alone tells them. */
    static List<String> render(Alteration step, Dialect dialect) {
        SqlWriter out = new SqlWriter(dialect);
        return switch (step) {
            case Alteration.CreateKind create -> dialect.create(create.kind(), List.of());
            case Alteration.DropKind drop ->
                List.of(out.sql("DROP TABLE ").table(drop.kind()).done().text());
            case Alteration.RenameKind rename -> dialect.rename(rename.kind(), rename.newName());
            case Alteration.AddField add -> dialect.addField(add.kind(), add.field());
            case Alteration.DropField drop ->
                List.of(table(out, drop.kind())
                        .sql(" DROP COLUMN ")
                        .name(drop.field())
                        .done()
                        .text());
            case Alteration.RenameField rename ->
                List.of(table(out, rename.kind())
                        .sql(" RENAME COLUMN ")
                        .name(rename.field())
                        .sql(" TO ")
                        .name(rename.newName())
                        .done()
                        .text());
            case Alteration.AddIndex add -> List.of(dialect.index(unknown(add.kind()), add.index()));
            case Alteration.DropIndex drop -> List.of(dialect.dropIndex(unknown(drop.kind()), drop.index()));
        };
    }

    /** A kind of which nothing is known but its name. */
    private static Kind unknown(String kind) {
        return Kind.named(kind).field("unknown", Type.ANY).build();
    }

    private static SqlWriter table(SqlWriter out, String kind) {
        return out.sql("ALTER TABLE ").table(kind);
    }

    private void check(Alteration step) {
        switch (step) {
            case Alteration.CreateKind create -> requireFree(create.kind().name());
            case Alteration.DropKind drop -> there(drop.kind());
            case Alteration.RenameKind rename -> {
                there(rename.kind());
                requireFree(rename.newName());
            }
            case Alteration.AddField add -> {
                Kind kind = there(add.kind());
                kind.toBuilder().field(add.field()).build();
                if (add.field().required() && dialect.fillsRequired()) {
                    requireEmpty(kind);
                }
            }
            case Alteration.DropField drop -> {
                Kind kind = there(drop.kind());
                requireField(kind, drop.field());
                kind.toBuilder().replace(drop.field(), null).build();
            }
            case Alteration.RenameField rename -> requireField(there(rename.kind()), rename.field());
            case Alteration.AddIndex add ->
                there(add.kind()).toBuilder().index(add.index()).build();
            case Alteration.DropIndex drop -> requireIndex(there(drop.kind()), drop.index());
        }
    }

    private Kind there(String kind) {
        return store.there(kind, connection);
    }

    private void requireEmpty(Kind kind) {
        SqlWriter.Statement any = store.queries()
                .select(
                        Selection.of(kind)
                                .exactly(List.of(kind.fields().getFirst().name()))
                                .limit(1),
                        each -> store.bound(each, connection));
        try (SqlConnection.Lease lease = connection.lease(any.text())) {
            dialect.bind(lease.statement(), any.binds());
            if (lease.query().next()) {
                throw Problem.REQUIRED_VIOLATION
                        .because("a required field cannot be added where objects lack it")
                        .store(connection.info())
                        .fault();
            }
        } catch (SQLException e) {
            throw connection.fault(e, any.text());
        }
    }

    private void requireFree(String kind) {
        if (store.find(kind, connection).isPresent()) {
            throw Misnamed.kindTaken(kind, connection.info()).fault();
        }
    }

    private void requireField(Kind kind, String field) {
        if (kind.field(field).isEmpty()) {
            throw Misnamed.noField(kind, field, connection.info()).fault();
        }
    }

    private void requireIndex(Kind kind, String index) {
        if (kind.indexes().stream().noneMatch(each -> each.name().equals(index))) {
            throw Misnamed.noIndex(kind, index, connection.info()).fault();
        }
    }
}

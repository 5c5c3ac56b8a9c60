package dev.keepsake.sql;

import dev.keepsake.fault.Problem;
import dev.keepsake.query.Alteration;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
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
        for (Alteration step : steps) {
            check(step);
            connection.forget();
            render(step, dialect).forEach(connection::run);
        }
    }

    /** The statements of a step. */
    static List<String> render(Alteration step, Dialect dialect) {
        SqlWriter out = new SqlWriter(dialect);
        return switch (step) {
            case Alteration.CreateKind create -> dialect.create(create.kind());
            case Alteration.DropKind drop ->
                List.of(out.sql("DROP TABLE ").name(drop.kind()).done().text());
            case Alteration.RenameKind rename ->
                List.of(table(out, rename.kind())
                        .sql(" RENAME TO ")
                        .name(rename.newName())
                        .done()
                        .text());
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
            case Alteration.AddIndex add -> List.of(dialect.index(add.kind(), add.index()));
            case Alteration.DropIndex drop ->
                List.of(out.sql("DROP INDEX ").name(drop.index()).done().text());
        };
    }

    private static SqlWriter table(SqlWriter out, String kind) {
        return out.sql("ALTER TABLE ").name(kind);
    }

    private void check(Alteration step) {
        switch (step) {
            case Alteration.CreateKind create -> requireFree(create.kind().name());
            case Alteration.DropKind drop -> there(drop.kind());
            case Alteration.RenameKind rename -> {
                there(rename.kind());
                requireFree(rename.newName());
            }
            case Alteration.AddField add ->
                there(add.kind()).toBuilder().field(add.field()).build();
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

    private void requireFree(String kind) {
        if (store.inspect(connection).find(kind).isPresent()) {
            throw Problem.REQUEST_INVALID
                    .because("kind %s is already there", kind)
                    .store(connection.info())
                    .fault();
        }
    }

    private void requireField(Kind kind, String field) {
        if (kind.field(field).isEmpty()) {
            throw Problem.UNKNOWN_FIELD
                    .because("kind %s has no field %s", kind.name(), field)
                    .store(connection.info())
                    .near(field, kind.fields().stream().map(Field::name).toList())
                    .fault();
        }
    }

    private void requireIndex(Kind kind, String index) {
        List<String> names = kind.indexes().stream().map(Index::name).toList();
        if (!names.contains(index)) {
            throw Problem.REQUEST_INVALID
                    .because("kind %s has no index %s", kind.name(), index)
                    .store(connection.info())
                    .near(index, names)
                    .fault();
        }
    }
}

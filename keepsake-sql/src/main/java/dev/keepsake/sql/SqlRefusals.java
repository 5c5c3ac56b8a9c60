package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Why a write was refused, in terms of the object: what the database's own message leaves out is looked up. */
final class SqlRefusals {
    private final SqlStore store;

    SqlRefusals(SqlStore store) {
        this.store = store;
    }

    Fault fault(SQLException e, String sql, Changeset.Entry entry, SqlConnection connection) {
        Report report = store.dialect()
                .report(e, sql, entry.kind().name())
                .store(connection.info())
                .cause(e);
        Fault plain = report.fault();
        Kind kind = entry.kind();
        if (plain.problem() == Problem.REFERENCE_VIOLATION) {
            try {
                report = reference(entry, connection).cause(e);
            } catch (RuntimeException inLookingUp) {
                e.addSuppressed(inLookingUp); // never hides the first error
            }
        }
        return report.fact("kind", kind.name()).at(place(entry)).fault();
    }

    private static @Nullable String place(Changeset.Entry entry) {
        Object id = switch (entry) {
            case Changeset.Insert insert -> insert.kind().idOf(insert.state());
            case Changeset.Put put -> put.kind().idOf(put.state());
            case Changeset.Update update -> update.kind().idOf(update.state());
            case Changeset.Delete delete -> delete.id();
            case Changeset.UpdateWhere update -> null;
            case Changeset.DeleteWhere delete -> null;
        };
        return id == null ? null : entry.kind().name() + "/" + Report.quote(id);
    }

    private Report reference(Changeset.Entry entry, SqlConnection connection) {
        String kind = entry.kind().name();
        String referring = entry instanceof Changeset.Delete delete ? referring(delete, connection) : null;
        if (referring != null) {
            return Problem.REFERENCE_VIOLATION
                    .because("%s still refers to %s %s", referring, kind, Report.quote(((Changeset.Delete) entry).id()))
                    .store(connection.info())
                    .fact("rule", referring)
                    .hint("delete those too, or let them refer elsewhere; a class says what is to happen by @OnDelete");
        }
        Reference broken = broken(entry, connection);
        String rule = broken == null ? null : String.join(", ", broken.fields());
        String sentence = broken == null
                ? "other objects still refer to an object of kind " + kind
                : rule + " of kind " + kind + " names no object of kind " + broken.kind();
        return Problem.REFERENCE_VIOLATION
                .because(sentence)
                .store(connection.info())
                .fact("rule", rule);
    }

    /** The first field, with its kind, by which others refer to an object that is to be deleted. */
    private @Nullable String referring(Changeset.Delete delete, SqlConnection connection) {
        Kind kind = delete.kind();
        for (Kind other : store.inspect(connection).kinds()) {
            for (Reference reference : other.references()) {
                if (!reference.kind().equals(kind.name()) || !kind.id().containsAll(reference.targets())) {
                    continue;
                }
                Condition here = Condition.all();
                for (int i = 0; i < reference.fields().size(); i++) {
                    here = here.and(new Term(Path.of(reference.fields().get(i)))
                            .eq(kind.partOf(delete.id(), reference.targets().get(i))));
                }
                if (exists(other.name(), here, connection)) {
                    return String.join(", ", reference.fields()) + " of kind " + other.name();
                }
            }
        }
        return null;
    }

    /** The first reference of a written object whose target is missing; null where it is about who refers to it. */
    private @Nullable Reference broken(Changeset.Entry entry, SqlConnection connection) {
        return switch (entry) {
            case Changeset.Insert insert -> broken(insert.kind(), insert.state(), connection);
            case Changeset.Put put -> broken(put.kind(), put.state(), connection);
            case Changeset.Update update -> broken(update.kind(), update.state(), connection);
            case Changeset.Delete delete -> null;
            case Changeset.UpdateWhere update -> null;
            case Changeset.DeleteWhere delete -> null;
        };
    }

    private @Nullable Reference broken(Kind kind, State state, SqlConnection connection) {
        Kind there = store.there(kind, connection);
        for (Reference reference : there.references()) {
            Condition target = Condition.all();
            boolean complete = true;
            for (int i = 0; i < reference.fields().size(); i++) {
                Object value = state.get(reference.fields().get(i));
                complete &= value != null;
                if (value != null) {
                    target = target.and(new Term(Path.of(reference.targets().get(i))).eq(value));
                }
            }
            if (complete && !exists(reference.kind(), target, connection)) {
                return reference;
            }
        }
        return null;
    }

    private boolean exists(String kind, Condition condition, SqlConnection connection) {
        Kind target = store.inspect(connection).find(kind).orElse(null);
        if (target == null) {
            return false;
        }
        Selection selection = Selection.of(target).where(condition).limit(1);
        SqlWriter.Statement statement = store.queries().select(selection, other -> store.bound(other, connection));
        try (SqlConnection.Lease lease = connection.lease(statement.text())) {
            SqlStates.bind(lease.statement(), statement.binds());
            try (ResultSet rows = lease.query()) {
                return rows.next();
            }
        } catch (SQLException e) {
            throw connection.fault(e, statement.text());
        }
    }
}

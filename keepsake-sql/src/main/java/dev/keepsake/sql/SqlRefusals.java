package dev.keepsake.sql;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Condition;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.state.State;
import dev.keepsake.store.Taken;
import dev.keepsake.value.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
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
        try {
            if (plain.problem() == Problem.REFERENCE_VIOLATION) {
                report = reference(plain, report, entry, connection).cause(e);
            } else if (plain.problem() == Problem.UNIQUE_VIOLATION) {
                report = taken(plain, report, entry, connection).cause(e);
            }
        } catch (RuntimeException inLookingUp) {
            e.addSuppressed(inLookingUp); // never hides the first error
        }
        return report.fact("kind", kind.name()).at(place(entry)).fault();
    }

    /** The fields and values that another object has, where the database names its own key alone. */
    private Report taken(Fault plain, Report report, Changeset.Entry entry, SqlConnection connection) {
        Object constraint = plain.facts().get("constraint");
        Kind kind = entry.kind();
        List<String> fields = List.of(String.valueOf(plain.facts().get("rule")).split(", "));
        boolean id = "PRIMARY".equals(constraint);
        if (constraint != null
                && !fields.stream().allMatch(field -> kind.field(field).isPresent())) {
            Kind there = survives() ? store.there(kind, connection) : kind;
            fields = id
                    ? kind.id()
                    : there.indexes().stream()
                            .filter(index -> index.name().equals(constraint))
                            .findFirst()
                            .map(Index::fields)
                            .orElse(fields);
        }
        State state = written(entry);
        if (state == null
                || !fields.stream().allMatch(field -> kind.field(field).isPresent())) {
            return report;
        }
        String values =
                fields.stream().map(field -> String.valueOf(state.get(field))).collect(Collectors.joining(", "));
        return Taken.report(kind.name(), fields, values, id || fields.equals(kind.id()))
                .store(connection.info())
                .fact("constraint", constraint);
    }

    private static @Nullable State written(Changeset.Entry entry) {
        return switch (entry) {
            case Changeset.Insert insert -> insert.state();
            case Changeset.Put put -> put.state();
            case Changeset.Update update -> update.state();
            case Changeset.Delete delete -> null;
            case Changeset.UpdateWhere update -> null;
            case Changeset.DeleteWhere delete -> null;
        };
    }

    /** Whether the transaction can be asked after a failure. */
    private boolean survives() {
        return store.dialect().failures() != Dialect.Failures.OF_TRANSACTION;
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

    private Report reference(Fault plain, Report report, Changeset.Entry entry, SqlConnection connection) {
        if (!survives()) {
            return entry instanceof Changeset.Delete delete ? stillReferring(plain, report, delete) : report;
        }
        return reference(entry, connection);
    }

    /** Which field refers, where the database names its constraint alone, and the transaction can be asked no more. */
    private Report stillReferring(Fault plain, Report report, Changeset.Delete delete) {
        Object other = plain.facts().get("referring");
        Object constraint = plain.facts().get("constraint");
        if (other == null || constraint == null) {
            return report;
        }
        return store.<Report>aside(connection -> {
            Optional<Reference> reference = store.find(other.toString(), connection).stream()
                    .flatMap(kind -> kind.references().stream())
                    .filter(each -> each.name().equals(constraint))
                    .findFirst();
            return reference
                    .map(each -> referring(String.join(", ", each.fields()) + " of kind " + other, delete, connection)
                            .fact("constraint", constraint))
                    .orElse(report);
        });
    }

    private static Report referring(String referring, Changeset.Delete delete, SqlConnection connection) {
        return Problem.REFERENCE_VIOLATION
                .because("%s still refers to %s %s", referring, delete.kind().name(), Report.quote(delete.id()))
                .store(connection.info())
                .fact("rule", referring)
                .hint("delete those too, or let them refer elsewhere; a class says what is to happen by @OnDelete");
    }

    private Report reference(Changeset.Entry entry, SqlConnection connection) {
        String kind = entry.kind().name();
        String referring = entry instanceof Changeset.Delete delete ? referring(delete, connection) : null;
        if (referring != null) {
            return referring(referring, (Changeset.Delete) entry, connection);
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
        Kind target = store.find(kind, connection).orElse(null);
        if (target == null) {
            return false;
        }
        Selection selection = Selection.of(target).where(condition).limit(1);
        SqlWriter.Statement statement = store.queries().select(selection, other -> store.bound(other, connection));
        try (SqlConnection.Lease lease = connection.lease(statement.text())) {
            store.dialect().bind(lease.statement(), statement.binds());
            try (ResultSet rows = lease.query()) {
                return rows.next();
            }
        } catch (SQLException e) {
            throw connection.fault(e, statement.text());
        }
    }
}

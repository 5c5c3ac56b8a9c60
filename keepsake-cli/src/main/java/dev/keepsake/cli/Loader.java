package dev.keepsake.cli;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Unavailable;
import dev.keepsake.query.Changeset;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Mark;
import dev.keepsake.store.Transaction;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Inserts records into a kind, a batch at a time, all in one transaction. Not safe for use by several threads. */
final class Loader {
    /** A batch of long records is written earlier, so that memory is bounded. */
    private static final long CHARACTERS = 4_000_000;

    private final Transaction transaction;
    private final Kind kind;
    private final Type.Struct types;
    private final long batchSize;
    private final boolean savepoints;
    private final List<Line> batch = new ArrayList<>();
    private long characters;

    /** A record and the line of the file it is from. */
    private record Line(long number, State state) {}

    Loader(Transaction transaction, Kind kind, long batchSize, Features features) {
        this.transaction = transaction;
        this.kind = kind;
        this.batchSize = batchSize;
        savepoints = features.savepoints() == Features.Savepoints.NESTED;
        Map<String, Type> byName = new LinkedHashMap<>();
        for (Field field : kind.fields()) {
            byName.put(field.name(), field.type());
        }
        types = new Type.Struct(byName);
    }

    /** Inserts all records, and gives their number. */
    long load(Records records, Progress progress) {
        long count = 0;
        while (records.next()) {
            batch.add(new Line(records.line(), state(records)));
            characters += records.length();
            count++;
            if (batch.size() >= batchSize || characters > CHARACTERS) {
                write(records);
            }
            progress.update();
        }
        write(records);
        return count;
    }

    private State state(Records records) {
        try {
            return kind.state(records.values(types));
        } catch (Fault fault) {
            throw records.refused(fault, records.line());
        }
    }

    private void write(Records records) {
        if (batch.isEmpty()) {
            return;
        }
        Mark mark = savepoints ? transaction.mark() : null;
        try {
            insert(batch);
            if (mark != null) {
                transaction.release(mark);
            }
        } catch (Fault fault) {
            if (mark != null && batch.size() > 1 && !(fault instanceof Unavailable)) {
                transaction.rollbackTo(mark);
                blame(records);
            }
            throw records.refused(fault, batch.getFirst().number);
        }
        batch.clear();
        characters = 0;
    }

    /** Inserts one by one, to find the line that is refused. */
    private void blame(Records records) {
        for (Line line : batch) {
            try {
                insert(List.of(line));
            } catch (Fault fault) {
                throw records.refused(fault, line.number);
            }
        }
    }

    private void insert(List<Line> lines) {
        transaction.write(
                Changeset.inserts(kind, lines.stream().map(Line::state).toList()));
    }
}

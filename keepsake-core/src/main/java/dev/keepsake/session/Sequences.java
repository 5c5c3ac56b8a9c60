package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Violation;
import dev.keepsake.query.Alteration;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Transaction;
import dev.keepsake.value.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Sequences of numbers in a store, taken in blocks (the hi/lo scheme of Ambler, "Mapping Objects to Relational Databases",
 * 2000). They are States of the kind {@code _keepsake_sequences}, made when the first is used. Where a store has many writers, a
 * block is taken outside the transaction that needs it, and what is left of it when the program ends is a gap. Where it
 * has one, it is taken inside. Safe for use by several threads.
 */
final class Sequences {
    static final Kind KIND = Kind.named("_keepsake_sequences")
            .required("name", Type.TEXT)
            .id("name")
            .required("next", Type.INTEGER)
            .build();

    private static final int ATTEMPTS = 20;

    private final Guarded store;
    private final Map<String, Left> blocks = new HashMap<>();
    private boolean made;

    Sequences(Guarded store) {
        this.store = store;
    }

    /**
     * What is left of a block.
     *
     * @param next the next number
     * @param end the first that is not of the block
     */
    record Left(long next, long end) {}

    /**
     * The next number of a sequence.
     *
     * @param taken what a transaction has left of the blocks that it took itself, by sequence
     */
    long next(Codec.Sequence sequence, Transaction current, Map<String, Left> taken) {
        if (store.features().writers() == Features.Writers.ONE) {
            return first(taken, sequence, () -> take(sequence, current));
        }
        synchronized (this) {
            return first(blocks, sequence, () -> outside(sequence));
        }
    }

    private static long first(Map<String, Left> blocks, Codec.Sequence sequence, LongSupplier take) {
        Left left = blocks.get(sequence.name());
        if (left == null || left.next == left.end) {
            long next = take.getAsLong();
            left = new Left(next, next + sequence.block());
        }
        blocks.put(sequence.name(), new Left(left.next + 1, left.end));
        return left.next;
    }

    private long outside(Codec.Sequence sequence) {
        for (int attempt = 1; ; attempt++) {
            try {
                return store.write(transaction -> take(sequence, transaction));
            } catch (Conflict | Violation e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private long take(Codec.Sequence sequence, Transaction transaction) {
        if (!made) {
            make(transaction);
        }
        Optional<State> there =
                transaction.find(Selection.byId(KIND, sequence.name())).first();
        long next = there.map(state -> state.longAt(1)).orElse(sequence.first());
        State after = State.of(KIND.shape(), sequence.name(), next + sequence.block());
        Changeset.Entry entry = there.isPresent()
                ? new Changeset.Update(KIND, after, List.of("next"), Guard.of(there.get(), List.of("next")))
                : new Changeset.Insert(KIND, after);
        transaction.write(Changeset.of(entry));
        return next;
    }

    private synchronized void make(Transaction transaction) {
        if (store.features().writers() == Features.Writers.ONE) {
            if (transaction.inspect().find(KIND.name()).isEmpty()) {
                transaction.alter(List.of(new Alteration.CreateKind(KIND)));
            }
            return; // whether that lasts is up to the transaction
        }
        store.createAll(Schema.of(List.of(KIND)));
        made = true;
    }
}

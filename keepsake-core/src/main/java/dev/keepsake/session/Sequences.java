package dev.keepsake.session;

import dev.keepsake.codec.Codec;
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
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    private final Map<String, Block> blocks = new HashMap<>();
    private boolean made;

    private static final class Block {
        private long next;
        private long end;
    }

    Sequences(Guarded store) {
        this.store = store;
    }

    /** The next number of a sequence. */
    long next(Codec.Sequence sequence, Transaction current, Map<String, Long> taken) {
        if (store.features().writers() == Features.Writers.ONE) {
            return inside(sequence, current, taken);
        }
        synchronized (this) {
            Block block = blocks.computeIfAbsent(sequence.name(), name -> new Block());
            if (block.next == block.end) {
                block.next = outside(sequence);
                block.end = block.next + sequence.block();
            }
            return block.next++;
        }
    }

    /** Numbers of one transaction alone: {@code taken} has what is left of its block. */
    private long inside(Codec.Sequence sequence, Transaction current, Map<String, Long> taken) {
        Long next = taken.get(sequence.name());
        if (next == null) {
            next = take(sequence, current);
            taken.put(sequence.name() + "\0end", next + sequence.block());
        }
        long end = taken.getOrDefault(sequence.name() + "\0end", 0L);
        if (next + 1 < end) {
            taken.put(sequence.name(), next + 1);
        } else {
            taken.remove(sequence.name());
        }
        return next;
    }

    private long outside(Codec.Sequence sequence) {
        for (int attempt = 1; ; attempt++) {
            try {
                return store.write(transaction -> take(sequence, transaction));
            } catch (dev.keepsake.fault.Conflict | dev.keepsake.fault.Violation e) {
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
                ? new Changeset.Update(
                        KIND, after, java.util.List.of("next"), Guard.of(there.get(), java.util.List.of("next")))
                : new Changeset.Insert(KIND, after);
        transaction.write(Changeset.of(entry));
        return next;
    }

    private synchronized void make(@Nullable Transaction transaction) {
        if (transaction != null && store.features().writers() == Features.Writers.ONE) {
            boolean there = store.inspect().find(KIND.name()).isPresent();
            if (!there) {
                transaction.alter(java.util.List.of(new dev.keepsake.query.Alteration.CreateKind(KIND)));
            }
            return; // another transaction may undo it
        }
        store.createAll(Schema.of(java.util.List.of(KIND)));
        made = true;
    }
}

package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Links;
import dev.keepsake.codec.Ref;
import dev.keepsake.codec.Relation;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.state.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The objects that one query loaded: what is loaded later for one of them is loaded for all. */
final class Batch implements Links {
    private final Unit unit;
    final List<Held> helds = new ArrayList<>();
    private final Map<Relation.ToOne, Refs> refs = new LinkedHashMap<>();
    /** The one that is being made. */
    private @Nullable Held making;
    /** In which transaction of the session they were read; 0 where others read them. */
    private final int read;

    /** Of objects that were read somewhere. */
    Batch(Unit unit) {
        this(unit, 0);
    }

    private Batch(Unit unit, int read) {
        this.unit = unit;
        this.read = read;
    }

    /** Of objects that are read in the transaction that is open. */
    static Batch reading(Unit unit) {
        unit.host.transaction();
        return new Batch(unit, unit.host.transactions());
    }

    /** Whether they were read in the transaction that is open. */
    boolean isOfNow() {
        return read > 0 && read == unit.host.transactions();
    }

    /** Makes an object of what was loaded. */
    Held make(Codec<?> codec, Object id, State stored) {
        Held held = new Held(codec, id, stored);
        held.batch = this;
        making = held;
        held.made(Objects.requireNonNull(codec.decode(stored, this)));
        making = null;
        helds.add(held);
        return held;
    }

    /** Reads an object anew: in place, or, of a record, as another instance. */
    void refill(Held held, State stored) {
        making = held;
        if (held.fixed) {
            held.object = held.codec.decode(stored, this);
        } else {
            held.codec.fill(held.object, stored, this);
        }
        making = null;
    }

    @Override
    public Object one(Relation.ToOne relation, Object id, State owner) {
        Held target = unit.tracked(relation.codec().kind()).get(id);
        if (target == null) {
            throw Problem.REFERENCE_DANGLING
                    .because(
                            "%s %s refers to %s %s, which there is not",
                            relation.ownerKind().name(),
                            Report.quote(relation.ownerKind().idOf(owner)),
                            relation.codec().kind().name(),
                            Report.quote(id))
                    .at(relation.ownerKind().name() + "/"
                            + Report.quote(relation.ownerKind().idOf(owner)) + " $." + relation.field())
                    .hint("declare " + relation + " as Ref<" + relation.target().getSimpleName()
                            + ">, whose find() is empty then")
                    .fault();
        }
        return target.object;
    }

    @Override
    public Ref<?> ref(Relation.ToOne relation, Object id) {
        Refs all = refs.computeIfAbsent(relation, r -> new Refs(unit, r));
        Ref<?> ref = Ref.loadable(relation.target(), id, all);
        all.refs.add(ref);
        return ref;
    }

    @Override
    public @Nullable Object many(Relation.ToMany relation, State owner) {
        Held held = Objects.requireNonNull(making);
        if (relation.single()) {
            return unit.loading.singleOf(held, relation);
        }
        Members there = held.members(relation);
        if (there == null) {
            there = new Members(unit, held, relation);
            held.keep(there);
        }
        return there.shown;
    }

    /** The lazy references that one query loaded by one relation. */
    static final class Refs implements Ref.Loader {
        private final Unit unit;
        private final Relation.ToOne relation;
        private final List<Ref<?>> refs = new ArrayList<>();

        Refs(Unit unit, Relation.ToOne relation) {
            this.unit = unit;
            this.relation = relation;
        }

        /** One more that is loaded with the others. */
        void attach(Ref<?> ref) {
            ref.attach(this);
            refs.add(ref);
        }

        @Override
        public @Nullable Object load(Ref<?> ref) {
            unit.require(relation, null);
            List<Ref<?>> together = new ArrayList<>(refs.size() + 1);
            refs.forEach(each -> {
                if (!each.isLoaded() && each.id().isPresent()) {
                    together.add(each);
                }
            });
            refs.clear(); // whoever is not there now is asked for by itself
            if (!together.contains(ref)) {
                together.add(ref);
            }
            unit.loading.loadRefs(relation, together);
            return ref.loaded().orElse(null);
        }

        @Override
        public @Nullable Object idOf(Ref<?> ref) {
            return ref.loaded().map(relation.codec()::idOf).orElse(null);
        }
    }
}

package dev.keepsake.session;

import dev.keepsake.codec.Codec;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Links;
import dev.keepsake.codec.Ref;
import dev.keepsake.codec.Relation;
import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Changeset;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Reference;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.store.Guarded;
import dev.keepsake.store.Transaction;
import dev.keepsake.store.WriteResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives out sessions over one store and one model, and remembers those that are open. What {@code dev.keepsake.Keepsake} is made
 * of. Safe for use by several threads.
 */
public final class Sessions implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Sessions.class.getName());

    private final Guarded store;
    private final Codecs codecs;
    private final Model model;
    private final Sequences sequences;
    private final Map<String, Codec<State>> states = new ConcurrentHashMap<>();
    private final Set<Session> open = Collections.newSetFromMap(new ConcurrentHashMap<>());
    private final Map<Relation, Boolean> enforced = new ConcurrentHashMap<>();
    private volatile @Nullable Schema inspected;

    /** Sessions over a store and a model. */
    public Sessions(Guarded store, Codecs codecs) {
        this.store = store;
        this.codecs = codecs;
        this.model = new Model(codecs);
        this.sequences = new Sequences(store);
    }

    private final Session.Workshop workshop = new Session.Workshop() {
        @Override
        public Guarded store() {
            return store;
        }

        @Override
        public Codecs codecs() {
            return codecs;
        }

        @Override
        public Model model() {
            return model;
        }

        @Override
        public Sequences sequences() {
            return sequences;
        }

        @Override
        public Schema schema() {
            return codecs.schema();
        }

        @Override
        public Schema inspected() {
            return Sessions.this.inspected();
        }

        @Override
        public Codec<State> states(String kind) {
            return Sessions.this.states(kind);
        }

        @Override
        public Collection<Session> open() {
            return open;
        }

        @Override
        public void ended(Session session) {
            open.remove(session);
        }

        @Override
        public boolean enforces(Relation.ToOne relation, Transaction transaction) {
            if (store.features().references() != Features.Enforcement.ENFORCED) {
                return false;
            }
            Boolean known = enforced.get(relation);
            if (known == null) {
                known = isEnforced(relation, transaction.inspect());
                enforced.put(relation, known);
            }
            return known;
        }
    };

    private static boolean isEnforced(Relation relation, Schema there) {
        return relation instanceof Relation.ToOne one
                && there.find(one.ownerKind().name()).stream()
                        .flatMap(kind -> kind.references().stream())
                        .anyMatch(reference -> reference.fields().equals(List.of(one.field()))
                                && reference.onDelete() == Reference.OnDelete.REFUSE);
    }

    private Schema inspected() {
        Schema known = inspected;
        if (known == null) {
            known = store.inspect();
            inspected = known;
        }
        return known;
    }

    private Codec<State> states(String kind) {
        return states.computeIfAbsent(kind, name -> {
            Schema known = inspected();
            if (known.find(name).isEmpty()) {
                inspected = null; // it may have been made since
            }
            // a kind of its own, be it equal to that of a class: States are not the objects of the class
            return Codecs.states(inspected().kind(name).toBuilder().build());
        });
    }

    /** Forgets what was known of the store's kinds. */
    public void forgetKinds() {
        inspected = null;
        states.clear();
        enforced.clear();
    }

    // ---- sessions

    /** Opens a session, which is to be closed. */
    public Session open(SessionOptions options) {
        return opened(new Session(workshop, options, null));
    }

    /** Opens a session that takes part in someone else's transaction, which stays open at its end. */
    public Session join(Object nativeTransaction) {
        return opened(new Session(workshop, SessionOptions.DEFAULT, nativeTransaction));
    }

    private Session opened(Session session) {
        open.add(session);
        return session;
    }

    /** Does something in a session: commits if it ends well, rolls back if it throws, which passes unchanged. */
    public <R> R run(SessionOptions options, Function<? super Session, ? extends R> work) {
        for (int attempt = 0; ; attempt++) {
            Session session = open(options);
            try {
                R result = work.apply(session);
                if (!session.isClosed()) {
                    session.commit();
                }
                return result;
            } catch (Fault fault) {
                if (attempt >= options.retries() || !again(fault)) {
                    throw fault;
                }
            } finally {
                session.end();
            }
            pause(attempt);
        }
    }

    /** Whether a new run can succeed: someone else was first, and nothing of ours was kept. */
    private static boolean again(Fault fault) {
        return fault instanceof Conflict || fault.retryable();
    }

    /** A random wait that doubles, up to a second (exponential backoff with full jitter). */
    private static void pause(int attempt) {
        try {
            TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextLong(1_000L << Math.min(attempt, 10)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.STORE_BUSY
                    .because("the thread was interrupted while it waited to try again")
                    .cause(e)
                    .fault();
        }
    }

    // ---- without a session

    /** The object with that id, if there is one, which belongs to no session. */
    public <T> Optional<T> find(Class<T> type, Object id) {
        return reading(type, session -> session.find(type, id));
    }

    /** As {@link #find}, where there must be one. */
    public <T> T get(Class<T> type, Object id) {
        return reading(type, session -> session.get(type, id));
    }

    private <R> R reading(Class<?> type, Function<Session, R> work) {
        Session session = open(SessionOptions.DEFAULT.readingOnly());
        try {
            if (codecs.get(type).relations().stream().allMatch(Loading::leavesOthers)) {
                session.readOnce();
            }
            return work.apply(session);
        } finally {
            session.end();
        }
    }

    /** A query that runs in a short reading transaction of its own. */
    public <T> Query<T> query(Class<T> type) {
        return new Query<>(runner, codecs.get(type), codecs.schema());
    }

    /** As {@link #query(Class)}, of a kind that no class stands for. */
    public Query<State> query(String kind) {
        return new Query<>(runner, states(kind), inspected());
    }

    private final Query.Runner runner = new Query.Runner() {
        @Override
        public <R> R run(Set<String> kinds, boolean tracked, Query.Reading<R> reading) {
            Session session = open(SessionOptions.DEFAULT.readingOnly());
            try {
                return session.reading(reading);
            } finally {
                session.end();
            }
        }

        @Override
        public <R> Stream<R> stream(Set<String> kinds, boolean tracked, Query.Reading<Stream<R>> reading) {
            Session session = open(SessionOptions.DEFAULT.readingOnly());
            try {
                return session.reading(reading).onClose(session::end);
            } catch (RuntimeException e) {
                session.end();
                throw e;
            }
        }

        @Override
        public boolean tracks() {
            return false;
        }

        @Override
        public Guarded store() {
            return store;
        }

        @Override
        public WriteResult write(Kind kind, Changeset changes) {
            return store.write(transaction -> transaction.write(changes));
        }
    };

    // ---- masses

    /**
     * Adds masses of objects without a session, in batches that suit the store, each in a transaction of its own.
     *
     * @return how many there were
     */
    public <T> long load(Class<T> type, Stream<? extends T> objects) {
        return load(codecs.get(type), objects);
    }

    /** As {@link #load(Class, Stream)}, of a kind that no class stands for. */
    public long load(String kind, Stream<State> objects) {
        return load(states(kind), objects);
    }

    private <T> long load(Codec<T> codec, Stream<? extends T> objects) {
        Masses masses = new Masses(store);
        int size = store.batch();
        try (objects) {
            Iterator<? extends T> each = objects.iterator();
            boolean isFirst = true;
            while (each.hasNext()) {
                List<Changeset.Insert> batch = new ArrayList<>(size);
                while (batch.size() < size && each.hasNext()) {
                    T object = each.next();
                    check(codec, object);
                    batch.add(new Changeset.Insert(codec.kind(), codec.encode(object)));
                }
                masses.add(batch, isFirst && batch.size() < size);
                isFirst = false;
            }
            return masses.loaded();
        } catch (RuntimeException failure) {
            throw masses.stopped(failure);
        }
    }

    private static <T> void check(Codec<T> codec, T object) {
        List<String> mistakes = new ArrayList<>(codec.mistakes(object));
        for (Relation relation : codec.relations(object)) {
            if (relation instanceof Relation.ToOne one
                    && one.get(object) != null
                    && Unit.idBehind(one, object) == null) {
                mistakes.add(one.name() + ": the other " + one.target().getSimpleName()
                        + " is new and has no id: load it first");
            }
            if (relation instanceof Relation.ToMany many && isFull(many.get(object))) {
                mistakes.add(
                        many.name() + ": load() writes the object alone; load those that refer to it by themselves,"
                                + " or add the object in a session");
            }
        }
        if (!mistakes.isEmpty()) {
            throw Problem.OBJECT_INVALID
                    .because("%s cannot be written: %s", codec.type().getSimpleName(), String.join("; ", mistakes))
                    .fault();
        }
    }

    /** Whether a member that leads to many leads to any. */
    private static boolean isFull(@Nullable Object held) {
        return switch (Relation.ToMany.behind(held)) {
            case null -> held instanceof Ref<?> ref && ref.isLoaded();
            case Links.DetachedList list -> false;
            case MemberList list ->
                list.members().isLoaded() && !list.members().objects().isEmpty();
            case Collection<?> all -> !all.isEmpty();
        };
    }

    // ---- the end

    /** The sessions that are open, each with the place where it was opened. */
    public List<String> openSessions() {
        return open.stream().map(Session::openedAt).sorted().toList();
    }

    /** Warns of sessions that were never closed; their transactions end with the store. */
    @Override
    public void close() {
        for (String place : openSessions()) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "a session was never closed, and is rolled back; it was opened at " + place);
        }
        open.clear();
    }

    /** The store behind its guard. */
    public Guarded store() {
        return store;
    }
}

package dev.keepsake.query;

import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Kind;
import dev.keepsake.schema.Link;
import dev.keepsake.schema.Schema;
import dev.keepsake.state.Shape;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which States of one kind, in which order, how many of them. Built up step by step, each step a new selection:
 *
 * <pre>{@code
 * Selection.of(releases).where(Term.of("package_id").eq("boto")).orderBy(Order.parse("-major_ver")).limit(5)
 * }</pre>
 *
 * <p>The order of the steps does not matter: the condition is applied first, then the order, then the offset, then the
 * limit. A sorted or cut selection of a kind with an id is sorted by the id last, so that its result is the same each
 * time. Immutable. Paths and constants are checked when a step is taken.
 */
public final class Selection implements Request {
    /** Whether rows are locked against others until the transaction ends. */
    public enum Lock {
        /** Not locked. */
        NONE,
        /** Others may read, not write. */
        SHARE,
        /** Others may neither write nor lock. */
        UPDATE
    }

    private final Kind kind;
    private final Schema schema;
    private final Condition where;
    private final List<Order> order;
    private final @Nullable State after;
    private final long limit;
    private final long offset;
    private final List<String> fields;
    private final Lock lock;
    private final long scanLimit;
    private final Shape shape;
    private final List<Order> total;

    private Selection(
            Kind kind,
            Schema schema,
            Condition where,
            List<Order> order,
            @Nullable State after,
            long limit,
            long offset,
            List<String> fields,
            Lock lock,
            long scanLimit,
            Shape shape) {
        this.kind = kind;
        this.schema = schema;
        this.where = where;
        this.order = order;
        this.after = after;
        this.limit = limit;
        this.offset = offset;
        this.fields = fields;
        this.lock = lock;
        this.scanLimit = scanLimit;
        this.shape = shape;
        this.total = total();
        if (after != null) {
            keys(after);
        }
    }

    /** All of a kind. */
    public static Selection of(Kind kind) {
        return of(kind, Schema.EMPTY);
    }

    /** All of a kind, whose paths may lead to the other kinds of a schema, see {@link Schema#link}. */
    public static Selection of(Kind kind, Schema schema) {
        return new Selection(
                kind, schema, Condition.all(), List.of(), null, -1, 0, List.of(), Lock.NONE, -1, kind.shape());
    }

    /** The one object with that id. */
    public static Selection byId(Kind kind, Object id) {
        return of(kind).where(identity(kind, id));
    }

    /** The objects with those ids, in no order. */
    public static Selection byIds(Kind kind, Collection<?> ids) {
        if (kind.id().size() == 1) {
            return of(kind).where(new Term(Path.of(kind.id().getFirst())).in(ids));
        }
        return of(kind).where(new Condition.Or(
                ids.stream().map(id -> identity(kind, id)).toList()));
    }

    /** The condition that an object has that id. */
    public static Condition identity(Kind kind, Object id) {
        if (kind.isBag()) {
            throw Problem.REQUEST_INVALID
                    .because("kind %s has no id, its objects cannot be told apart", kind.name())
                    .fault();
        }
        Condition same = Condition.all();
        for (String part : kind.id()) {
            same = same.and(new Term(Path.of(part)).eq(kind.partOf(id, part)));
        }
        return same;
    }

    /** Only those for which the condition holds, beside the conditions given before. */
    public Selection where(Condition condition) {
        Condition both = where.and(condition.resolve(kind, schema));
        return new Selection(kind, schema, both, order, after, limit, offset, fields, lock, scanLimit, shape);
    }

    /** Sorted by the given keys, instead of those given before. */
    public Selection orderBy(Order... keys) {
        return orderBy(List.of(keys));
    }

    /** As {@link #orderBy(Order...)}. */
    public Selection orderBy(List<Order> keys) {
        for (Order key : keys) {
            Crossing crossing = Crossing.of(kind, schema, key.path());
            if (!crossing.links().isEmpty()) {
                requireOrder(key, crossing);
                continue;
            }
            throughNoList(key.path());
            Type type = kind.typeAt(key.path());
            if (Type.nested(type) && !(type instanceof Type.Any)) {
                throw Literals.mismatch(key.path(), type, "it has no order");
            }
        }
        return new Selection(
                kind, schema, where, List.copyOf(keys), after, limit, offset, fields, lock, scanLimit, shape);
    }

    /** Through a reference, objects are sorted by a field of declared type of the one object behind it. */
    private static void requireOrder(Order key, Crossing crossing) {
        if (!crossing.isToOne()) {
            throw Problem.REQUEST_INVALID
                    .because("%s leads to several objects, which give no order", key.path())
                    .hint("join them, and sort the rows")
                    .fault();
        }
        Type type = crossing.type();
        if (Type.nested(type) || crossing.rest().nested()) {
            throw Literals.mismatch(
                    key.path(), type, "only a field of a declared type has an order behind a reference");
        }
    }

    /**
     * Where a key of the order leads, link by link, and at last the field that is compared; no links for a field of the kind itself.
     */
    public List<Link> links(Order key) {
        return Crossing.of(kind, schema, key.path()).links();
    }

    /** The names of all kinds that are read. */
    public Set<String> kinds() {
        Set<String> kinds = new LinkedHashSet<>();
        kinds.add(kind.name());
        kinds.addAll(where.others());
        order.forEach(key -> links(key).forEach(link -> kinds.add(link.target().name())));
        return kinds;
    }

    /** Whether condition or order lead through references, to this kind or others. */
    public boolean crosses() {
        return !where.others().isEmpty()
                || order.stream().anyMatch(key -> !links(key).isEmpty());
    }

    /** The schema that paths lead through. */
    public Schema schema() {
        return schema;
    }

    private void throughNoList(Path path) {
        for (int i = 1; i < path.steps().size(); i++) {
            Type outer = kind.typeAt(new Path(path.steps().subList(0, i)));
            if (outer instanceof Type.Sequence) {
                throw Literals.mismatch(path, outer, "what is inside has no order");
            }
        }
    }

    /** No more than so many. */
    public Selection limit(long most) {
        return new Selection(
                kind, schema, where, order, after, notNegative("limit", most), offset, fields, lock, scanLimit, shape);
    }

    /** Without the first so many. */
    public Selection offset(long skipped) {
        return new Selection(
                kind,
                schema,
                where,
                order,
                after,
                limit,
                notNegative("offset", skipped),
                fields,
                lock,
                scanLimit,
                shape);
    }

    /**
     * Only those that come after the given State in this order: keyset paging, whose cost does not grow with the page.
     * The keys must be of a declared type, and the kind needs an id.
     *
     * @param last the last State of the page before, with all the fields that are sorted by
     */
    public Selection after(State last) {
        if (kind.isBag()) {
            throw Problem.REQUEST_INVALID
                    .because("kind %s has no id, so that there is no place to go on from", kind.name())
                    .hint("use limit and offset")
                    .fault();
        }
        return new Selection(kind, schema, where, order, last.keep(), limit, offset, fields, lock, scanLimit, shape);
    }

    /** What a State holds in each key of the order. */
    private List<@Nullable Object> keys(State last) {
        List<@Nullable Object> keys = new ArrayList<>();
        for (Order key : total) {
            if (!links(key).isEmpty()) {
                throw Problem.REQUEST_INVALID
                        .because("a page cannot start after an object where %s, which is sorted by, is another's", key)
                        .hint("use limit and offset, or sort by fields of the object itself")
                        .fault();
            }
            if (kind.typeAt(key.path()) instanceof Type.Any) {
                throw Literals.mismatch(key.path(), Type.ANY, "a page cannot start after an untyped value");
            }
            if (last.shape().position(key.path().field()) < 0) {
                throw Problem.REQUEST_INVALID
                        .because("a page cannot start after an object without the field %s, which is sorted by", key)
                        .hint("select that field too")
                        .fault();
            }
            keys.add(Evaluation.valueAt(last, key.path()));
        }
        return Collections.unmodifiableList(keys);
    }

    /** With the given fields alone, and the id. */
    public Selection only(String... names) {
        List<String> all = new ArrayList<>(kind.id());
        for (String name : names) {
            kind.typeAt(Path.of(name));
            if (!all.contains(name)) {
                all.add(name);
            }
        }
        return exactly(all);
    }

    /** With exactly the given fields, in this order, be the id among them or not. */
    public Selection exactly(List<String> names) {
        if (names.isEmpty()) {
            throw Problem.REQUEST_INVALID
                    .because("a selection of kind %s names no fields", kind.name())
                    .fault();
        }
        names.forEach(name -> kind.typeAt(Path.of(name)));
        Shape narrow = new Shape(
                kind.name(),
                kind.shape().form(),
                names.stream()
                        .map(name -> kind.shape().slots().get(kind.shape().position(name)))
                        .toList());
        return new Selection(
                kind, schema, where, order, after, limit, offset, List.copyOf(names), lock, scanLimit, narrow);
    }

    /** With their rows locked until the transaction ends. */
    public Selection lock(Lock newLock) {
        return new Selection(kind, schema, where, order, after, limit, offset, fields, newLock, scanLimit, shape);
    }

    /**
     * Allows a store that answers from indexes alone to read through all of the kind, as long as it reads no more than so
     * many objects.
     */
    public Selection scanning(long most) {
        return new Selection(
                kind, schema, where, order, after, limit, offset, fields, lock, notNegative("scan limit", most), shape);
    }

    private static long notNegative(String what, long number) {
        if (number < 0) {
            throw Problem.REQUEST_INVALID
                    .because("the %s is %d, it cannot be negative", what, number)
                    .fault();
        }
        return number;
    }

    /** Of which kind. */
    public Kind kind() {
        return kind;
    }

    /** The whole condition, resolved; that of {@link #after} included. */
    public Condition condition() {
        return after == null ? where : where.and(behind(total, keys(after), 0).resolve(kind));
    }

    /** The order that makes the result the same each time: as asked for, then by id. Empty where no order is needed. */
    public List<Order> order() {
        return order.isEmpty() && limit < 0 && offset == 0 && after == null ? List.of() : total;
    }

    private List<Order> total() {
        List<Order> total = new ArrayList<>(order);
        for (String part : kind.id()) {
            if (order.stream().noneMatch(key -> key.path().equals(Path.of(part)))) {
                total.add(new Order(Path.of(part), false));
            }
        }
        return List.copyOf(total);
    }

    /** What comes after the keys: greater in the first, or equal in it and after the rest; nulls are the least. */
    private static Condition behind(List<Order> order, List<@Nullable Object> keys, int from) {
        Term term = new Term(order.get(from).path());
        boolean descending = order.get(from).descending();
        Object key = keys.get(from);
        Condition beyond;
        if (key == null) {
            beyond = descending ? new Condition.Constant(false) : term.isNotNull();
        } else {
            beyond = descending ? term.lt(key).or(term.isNull()) : term.gt(key);
        }
        if (from + 1 == order.size()) {
            return beyond;
        }
        Condition same = key == null ? term.isNull() : term.eq(key);
        return beyond.or(same.and(behind(order, keys, from + 1)));
    }

    /** The most objects, or -1 for all. */
    public long limit() {
        return limit;
    }

    /** How many are left out at the start. */
    public long offset() {
        return offset;
    }

    /** Whether rows are locked. */
    public Lock lock() {
        return lock;
    }

    /** The most objects that may be read without an index, or -1 where none may. */
    public long scanLimit() {
        return scanLimit;
    }

    /** The shape of the States that come out. */
    public Shape shape() {
        return shape;
    }

    /** Whether a State is among those selected, as far as the condition tells. */
    public boolean test(State state) {
        return condition().test(state);
    }

    /** Compares two whole States by {@link #order}. */
    public int compare(State a, State b) {
        return Ordering.compare(order(), a, b);
    }

    /** A whole State as it comes out of this selection: with its fields alone. */
    public State project(State state) {
        if (fields.isEmpty()) {
            return state;
        }
        @Nullable Object[] values = new Object[shape.size()];
        for (int i = 0; i < values.length; i++) {
            int position = state.shape().position(shape.name(i));
            values[i] = state.has(position) ? state.at(position) : State.ABSENT;
        }
        return State.of(shape, values);
    }

    /**
     * The selection in words: {@code releases where package_id = 'boto' order -major_ver limit 5}; what of its values is long is
     * cut.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind.name());
        Printed.where(text, where);
        if (!order.isEmpty()) {
            text.append(" order ")
                    .append(String.join(",", order.stream().map(Order::toString).toList()));
        }
        if (after != null) {
            text.append(" after ").append(Printed.values(keys(after)));
        }
        text.append(limit < 0 ? "" : " limit " + limit).append(offset == 0 ? "" : " offset " + offset);
        if (!fields.isEmpty()) {
            text.append(" fields ").append(String.join(",", fields));
        }
        return text.append(lock == Lock.NONE ? "" : " for " + lock.name().toLowerCase(Locale.ROOT))
                .toString();
    }
}

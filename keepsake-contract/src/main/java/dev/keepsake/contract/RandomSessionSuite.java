package dev.keepsake.contract;

import static dev.keepsake.Keepsake.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Ref;
import dev.keepsake.contract.Monsters.Node;
import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Condition;
import dev.keepsake.session.Session;
import dev.keepsake.session.SessionOptions;
import dev.keepsake.store.Features;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random work in sessions: what is committed is what a simple model of it says, and no update is ever lost. */
public abstract class RandomSessionSuite extends MappingContract {
    private static final int THINGS = 7;

    /** For suites. */
    protected RandomSessionSuite() {}

    /** Two numbers, each guarded by what was loaded. */
    @Entity
    static class Cell {
        @Id
        @Nullable
        String id;

        int a;
        int b;

        Cell() {}

        Cell(String id) {
            this.id = id;
        }
    }

    /** Two numbers, guarded together by a version. */
    @Entity
    static class Counted {
        @Id
        @Nullable
        String id;

        int a;
        int b;

        @Version
        long version;

        Counted() {}

        Counted(String id) {
            this.id = id;
        }
    }

    /** One side of a join. */
    @Entity
    static class Tag {
        @Id
        @Nullable
        String id;

        @ManyToMany(mappedBy = "tags")
        List<Item> items = new ArrayList<>();

        Tag() {}

        Tag(String id) {
            this.id = id;
        }
    }

    /** The other side of a join. */
    @Entity
    static class Item {
        @Id
        @Nullable
        String id;

        @ManyToMany
        @JoinTable(name = "item_tag")
        List<Tag> tags = new ArrayList<>();

        Item() {}

        Item(String id) {
            this.id = id;
        }
    }

    // ---- two sessions

    /** What a session did since its last commit. */
    private static final class Work implements AutoCloseable {
        private final Keepsake keepsake;
        private Session session;
        final Map<String, int[]> added = new HashMap<>();
        final Map<String, int[]> raised = new HashMap<>();
        final Set<String> deleted = new TreeSet<>();

        Work(Keepsake keepsake) {
            this.keepsake = keepsake;
            this.session = opened();
        }

        private Session opened() {
            return keepsake.session(SessionOptions.DEFAULT.waiting(Duration.ofMillis(1)));
        }

        void renew() {
            session.close();
            session = opened();
            done();
        }

        private void done() {
            added.clear();
            raised.clear();
            deleted.clear();
        }

        /** What is committed is what the model has afterwards. */
        void commit(Map<String, int[]> model) {
            session.commit();
            added.forEach((id, values) -> model.put(id, values.clone()));
            raised.forEach((id, by) -> {
                int[] values = Objects.requireNonNull(model.get(id), "changed, and not there any more");
                values[0] += by[0];
                values[1] += by[1];
            });
            deleted.forEach(model::remove);
            done();
        }

        @Override
        public void close() {
            session.close();
        }
    }

    @Test
    @Row("MP-07")
    void noUpdateIsEverLostBetweenTwoSessions() {
        lostUpdates(new Cells<>(Cell.class, Cell::new, cell -> new int[] {cell.a, cell.b}, (cell, to) -> {
            cell.a = to[0];
            cell.b = to[1];
        }));
    }

    @Test
    @Row("MP-07")
    void noUpdateIsEverLostBetweenTwoSessionsWithVersions() {
        lostUpdates(new Cells<>(Counted.class, Counted::new, cell -> new int[] {cell.a, cell.b}, (cell, to) -> {
            cell.a = to[0];
            cell.b = to[1];
        }));
    }

    /** One of the classes with two numbers. */
    private record Cells<T>(
            Class<T> type, Function<String, T> make, Function<T, int[]> get, BiConsumer<T, int[]> set) {}

    private <T> void lostUpdates(Cells<T> cells) {
        Keepsake keepsake = Keepsake.on(store, Codecs.of(cells.type));
        keepsake.createAll();
        Random random = new Random(Scale.seed());
        Map<String, int[]> model = new TreeMap<>();
        int committed = 0;
        int refused = 0;
        try (Work first = new Work(keepsake);
                Work second = new Work(keepsake)) {
            for (int i = 0; i < Scale.RANDOM_STEPS.size(); i++) {
                Work work = random.nextBoolean() ? first : second;
                try {
                    if (random.nextInt(100) < 25) {
                        work.commit(model);
                        committed++;
                    } else {
                        step(cells, work, random);
                    }
                } catch (Fault fault) {
                    assertThat(isExpected(fault)).as("step %d: %s", i, fault).isTrue();
                    work.renew();
                    refused++;
                }
            }
        }
        Map<String, List<Integer>> kept = new TreeMap<>();
        scan(keepsake.query(cells.type)).list().forEach(cell -> {
            int[] values = cells.get.apply(cell);
            kept.put(String.valueOf(keepsake.codec(cells.type).idOf(cell)), List.of(values[0], values[1]));
        });
        Map<String, List<Integer>> expected = new TreeMap<>();
        model.forEach((id, values) -> expected.put(id, List.of(values[0], values[1])));
        assertThat(kept).isEqualTo(expected);
        assertThat(committed).isPositive();
        assertThat(refused).as("sessions that came in each other's way").isPositive();
    }

    /** Whether it says that someone else was first, or that the store commits one object at a time. */
    private boolean isExpected(Fault fault) {
        return fault instanceof Conflict
                || fault.problem() == Problem.STORE_BUSY
                || fault.problem() == Problem.UNIQUE_VIOLATION
                || (fault.problem() == Problem.COMMIT_SPANS_OBJECTS && !commitsMany());
    }

    private <T> void step(Cells<T> cells, Work work, Random random) {
        String id = "cell" + random.nextInt(THINGS);
        int what = random.nextInt(100);
        if (what < 10) {
            scan(work.session.query(cells.type)).list();
            return;
        }
        if (what < 20) {
            work.session.flush();
            return;
        }
        if (what < 25) {
            work.session.rollback();
            work.renew();
            return;
        }
        T cell = work.session.find(cells.type, id).orElse(null);
        if (cell == null) {
            if (!work.deleted.contains(id)) {
                work.session.add(cells.make.apply(id));
                work.added.put(id, new int[2]);
            }
        } else if (what < 35) {
            if (!work.added.containsKey(id)) {
                work.session.delete(cell);
                work.raised.remove(id);
                work.deleted.add(id);
            }
        } else {
            int[] values = cells.get.apply(cell);
            int which = random.nextInt(2);
            values[which]++;
            cells.set.accept(cell, values);
            Map<String, int[]> changes = work.added.containsKey(id) ? work.added : work.raised;
            changes.computeIfAbsent(id, i -> new int[2])[which]++;
        }
    }

    // ---- graphs

    @Test
    @Row("MP-60")
    void randomTreesAreKeptAsTheyAre() {
        Keepsake keepsake = monsters();
        if (!commitsMany()) {
            return; // each edit here concerns several objects; that these are refused is asserted elsewhere
        }
        Random random = new Random(Scale.seed());
        Map<String, String> parents = new TreeMap<>();
        for (int round = 0; round < Scale.RANDOM_STEPS.size() / 15; round++) {
            Map<String, String> wanted = new TreeMap<>(parents);
            boolean kept = random.nextInt(5) > 0;
            List<String> done = new ArrayList<>(List.of("from " + parents));
            try (Session session = keepsake.session()) {
                for (int i = random.nextInt(10); i >= 0; i--) {
                    done.add(edit(session, wanted, random));
                    if (random.nextInt(6) == 0) {
                        session.flush();
                        done.add("flush");
                    }
                }
                session.flush();
                assertThat(tree(session, wanted.keySet(), done))
                        .as("from %s by %s", parents, done)
                        .isEqualTo(wanted);
                if (kept) {
                    session.commit();
                    parents = wanted;
                } else {
                    session.rollback();
                }
            }
            Map<String, String> expected = parents;
            keepsake.useTransaction(session -> {
                assertThat(scan(session.query(Node.class)).count()).isEqualTo(expected.size());
                assertThat(tree(session, expected.keySet(), done))
                        .as("by %s", done)
                        .isEqualTo(expected);
            });
        }
    }

    /** Each node's parent, seen from both sides; a root's is empty. */
    private static Map<String, String> tree(Session session, Set<String> ids, List<String> done) {
        Map<String, String> byReference = new TreeMap<>();
        Map<String, String> byList = new TreeMap<>();
        for (String id : ids) {
            Node node = session.get(Node.class, id);
            byReference.put(id, node.parent == null ? "" : Objects.requireNonNull(node.parent.get().id));
            for (Node child : node.children) {
                byList.put(Objects.requireNonNull(child.id), id);
            }
        }
        ids.forEach(id -> byList.putIfAbsent(id, ""));
        assertThat(byList).as("both sides after %s", done).isEqualTo(byReference);
        return byReference;
    }

    private static String edit(Session session, Map<String, String> parents, Random random) {
        String id = "n" + random.nextInt(THINGS);
        String other = "n" + random.nextInt(THINGS);
        Node target = session.find(Node.class, other).orElse(null);
        Node node = session.find(Node.class, id).orElse(null);
        if (node == null) {
            Node made = new Node(id);
            if (target != null && random.nextBoolean()) {
                made.parent = Ref.to(target);
                session.add(made);
            } else if (target != null) {
                target.children.add(made);
            } else {
                session.add(made);
            }
            parents.put(id, target == null ? "" : other);
            return "add " + id + " under "
                    + (target == null ? "nothing" : other + (made.parent == null ? " by list" : ""));
        }
        int what = random.nextInt(5);
        if (what > 2) {
            session.flush(); // a reference that was changed reaches the list at a flush
        }
        switch (what) {
            case 0 -> {
                session.delete(node);
                session.flush();
                parents.remove(id);
                parents.replaceAll((child, parent) -> parent.equals(id) ? "" : parent);
            }
            case 1 -> {
                node.parent = target == null ? null : Ref.to(target);
                parents.put(id, target == null ? "" : other);
            }
            case 2 -> {
                if (target != null) {
                    target.children.add(node);
                    parents.put(id, other);
                }
            }
            case 3 -> {
                if (target != null && target.children.remove(node)) {
                    parents.put(id, "");
                }
            }
            default -> {
                node.children.clear();
                parents.replaceAll((child, parent) -> parent.equals(id) ? "" : parent);
            }
        }
        return List.of("delete", "refer", "adopt", "release", "clear").get(what) + " " + id + " "
                + (target == null ? "nothing" : other);
    }

    @Test
    @Row("S2-22")
    void randomPairsAreKeptAsTheyAre() {
        Keepsake keepsake = Keepsake.on(store, Codecs.of(Tag.class, Item.class));
        keepsake.createAll();
        if (!commitsMany()) {
            return; // as above
        }
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < THINGS; i++) {
            all.add(new Tag("t" + i));
            all.add(new Item("i" + i));
        }
        keepsake.useTransaction(session -> session.addAll(all));
        Random random = new Random(Scale.seed());
        Set<String> pairs = new TreeSet<>();
        for (int round = 0; round < Scale.RANDOM_STEPS.size() / 15; round++) {
            Set<String> wanted = new TreeSet<>(pairs);
            boolean kept = random.nextInt(5) > 0;
            try (Session session = keepsake.session()) {
                for (int i = random.nextInt(12); i >= 0; i--) {
                    join(session, wanted, random);
                    if (random.nextInt(6) == 0) {
                        session.flush();
                    }
                }
                assertThat(pairs(session)).as("before the commit").isEqualTo(wanted);
                if (kept) {
                    session.commit();
                    pairs = wanted;
                } else {
                    session.rollback();
                }
            }
            assertThat(keepsake.<Set<String>>inTransaction(RandomSessionSuite::pairs))
                    .isEqualTo(pairs);
        }
    }

    private static void join(Session session, Set<String> pairs, Random random) {
        Item item = session.get(Item.class, "i" + random.nextInt(THINGS));
        Tag tag = session.get(Tag.class, "t" + random.nextInt(THINGS));
        String pair = item.id + " " + tag.id;
        switch (random.nextInt(5)) {
            case 0 -> {
                item.tags.add(tag);
                pairs.add(pair);
            }
            case 1 -> {
                tag.items.add(item);
                pairs.add(pair);
            }
            case 2 -> {
                item.tags.remove(tag);
                pairs.remove(pair);
            }
            case 3 -> {
                tag.items.remove(item);
                pairs.remove(pair);
            }
            default -> {
                item.tags = new ArrayList<>(List.of(tag));
                session.flush();
                pairs.removeIf(each -> each.startsWith(item.id + " "));
                pairs.add(pair);
            }
        }
    }

    /** Who is joined with whom, seen from both sides. */
    private static Set<String> pairs(Session session) {
        Set<String> fromItems = new TreeSet<>();
        Set<String> fromTags = new TreeSet<>();
        for (Item item : scan(session.query(Item.class)).list()) {
            item.tags.forEach(tag -> fromItems.add(item.id + " " + tag.id));
        }
        for (Tag tag : scan(session.query(Tag.class)).list()) {
            tag.items.forEach(item -> fromTags.add(item.id + " " + tag.id));
        }
        assertThat(fromTags).as("both sides").isEqualTo(fromItems);
        return fromItems;
    }

    // ---- conditions across references

    @Test
    @Row("S2-31")
    void randomConditionsAcrossReferencesHaveTheAnswerOfAPlainLoop() {
        Keepsake keepsake = monsters();
        Random random = new Random(Scale.seed());
        Map<String, String> parents = new TreeMap<>();
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Node node = new Node("n" + i);
            if (i > 0 && random.nextInt(4) > 0) {
                Node parent = nodes.get(random.nextInt(nodes.size()));
                node.parent = Ref.to(parent);
                parents.put("n" + i, Objects.requireNonNull(parent.id));
            }
            nodes.add(node);
        }
        nodes.forEach(node -> keepsake.useTransaction(session -> session.add(node)));
        Loop loop = new Loop(
                parents,
                nodes.stream().map(node -> Objects.requireNonNull(node.id)).toList());
        if (features().joins() == Features.Joins.NONE) {
            refused(
                    Problem.FEATURE_MISSING,
                    () -> scan(keepsake.query(Node.class))
                            .where(field("parent.parent").isNull().not())
                            .list());
            return;
        }
        for (int i = 0; i < Scale.RANDOM_QUERIES.size() / 3; i++) {
            Both both = loop.random(random, 3);
            assertThat(keepsake.query(Node.class).where(both.condition).orderBy("id").list().stream()
                            .map(node -> node.id))
                    .as("%s", both.condition)
                    .containsExactlyElementsOf(
                            loop.ids.stream().filter(both.plain).sorted().toList());
        }
    }

    /** A condition, and the same in plain Java. */
    private record Both(Condition condition, Predicate<String> plain) {}

    /** Conditions on nodes by a plain loop over all of them. */
    private record Loop(Map<String, String> parents, List<String> ids) {
        Both random(Random random, int depth) {
            return switch (random.nextInt(depth > 0 ? 8 : 3)) {
                case 0 -> {
                    String id = "n" + random.nextInt(12);
                    yield new Both(field("id").gt(id), node -> node.compareTo(id) > 0);
                }
                case 1 -> {
                    String id = "n" + random.nextInt(12);
                    yield new Both(field("parent").eq(id), node -> id.equals(parents.get(node)));
                }
                case 2 -> new Both(field("parent").isNull(), node -> !parents.containsKey(node));
                case 3 -> {
                    Both inner = random(random, depth - 1);
                    yield new Both(inner.condition.not(), inner.plain.negate());
                }
                case 4 -> {
                    Both one = random(random, depth - 1);
                    Both two = random(random, depth - 1);
                    yield new Both(one.condition.and(two.condition), one.plain.and(two.plain));
                }
                case 5 -> {
                    Both one = random(random, depth - 1);
                    Both two = random(random, depth - 1);
                    yield new Both(one.condition.or(two.condition), one.plain.or(two.plain));
                }
                case 6 -> {
                    Both inner = random(random, depth - 1);
                    yield new Both(field("parent").any(inner.condition), node -> {
                        String parent = parents.get(node);
                        return parent != null && inner.plain.test(parent);
                    });
                }
                default -> {
                    Both inner = random(random, depth - 1);
                    yield new Both(
                            field("children").any(inner.condition),
                            node -> ids.stream()
                                    .anyMatch(child -> node.equals(parents.get(child)) && inner.plain.test(child)));
                }
            };
        }
    }
}

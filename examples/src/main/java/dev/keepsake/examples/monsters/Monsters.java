package dev.keepsake.examples.monsters;

import static dev.keepsake.Keepsake.field;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Ref;
import dev.keepsake.fault.Fault;
import dev.keepsake.query.Request;
import dev.keepsake.schema.Kind;
import dev.keepsake.session.Query;
import dev.keepsake.session.Session;
import dev.keepsake.state.State;
import dev.keepsake.store.Guarded;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * A story in chapters: make it, break it, mend it. Every error that a user of sessions meets is met here once and printed, with
 * its cure. Its argument is the URL of an empty store; without one, a store in memory.
 */
public final class Monsters {
    private final Keepsake keepsake;
    private final PrintStream out;

    private Monsters(Keepsake keepsake, PrintStream out) {
        this.keepsake = keepsake;
        this.out = out;
    }

    /** The program. */
    public static void main(String[] arguments) {
        run(arguments.length == 0 ? "memory:" : arguments[0], System.out);
    }

    /** The program, on the empty store of a URL. */
    public static void run(String url, PrintStream out) {
        try (Keepsake keepsake = Keepsake.open(url, Trainer.class, MonsterType.class, PocketMonster.class)) {
            Monsters story = new Monsters(keepsake, out);
            story.create();
            story.addTrainers();
            story.breakThings();
            story.addMonsters();
            story.navigate();
            story.keepBothSidesInStep();
            story.commitOrNothing();
            story.detach();
            story.askForOne();
            story.beSecond();
            story.mistakeTheModel();
            story.untangleSessions();
        }
    }

    /** Does what goes wrong, and prints what the user is told. */
    private void fails(Runnable work) {
        try {
            work.run();
            out.println("  it went well, which nobody expected");
        } catch (Fault fault) {
            out.println("  ! " + fault.problem().id() + ": " + fault.sentence());
            Object mistakes = fault.facts().get("mistakes");
            if (mistakes != null) {
                out.println("    " + mistakes.toString().strip());
            }
            fault.hint().ifPresent(hint -> out.println("    cure: " + hint));
        }
    }

    private void create() {
        out.println("Create");
        out.println("  " + keepsake); // which store it is; a password is never printed
        // Types come before the monsters that refer to them. A second time there is nothing to do.
        out.println("  created " + keepsake.createAll().stream().map(Kind::name).toList());
        out.println("  created " + keepsake.createAll().stream().map(Kind::name).toList());
    }

    private void addTrainers() {
        out.println("Add");
        // A session is a unit of work: it commits at the end, or nothing of it is kept.
        keepsake.useTransaction(session -> {
            session.add(new Trainer("Ash", 8));
            session.add(new Trainer("Misty", 1));
            for (int i = 1; i <= 3; i++) {
                session.add(new Trainer("Novice " + i, 0));
            }
        });
        out.println("  " + keepsake.query(Trainer.class).count() + " trainers");

        // A record does not change: another one takes its place, and only what differs is written.
        keepsake.useTransaction(session -> {
            Trainer misty = session.get(Trainer.class, "Misty");
            session.put(misty.winning(2));
        });
        out.println("  " + keepsake.get(Trainer.class, "Misty"));
    }

    private void breakThings() {
        out.println("Break");
        // A name that is not there: the error tells a near one.
        fails(() -> keepsake.query("trainers").list());
        fails(() -> keepsake.query(Trainer.class).where(field("badge").gt(3)).list());
        fails(() -> keepsake.get(Trainer.class, "Ashley"));

        Session session = keepsake.session();
        session.add(new Trainer("Ash", 0));
        fails(session::commit);
        // The session has failed, and says so until it is rolled back. The first error is not forgotten.
        fails(() -> session.find(Trainer.class, "Misty"));
        session.rollback();
        out.println(
                "  after the rollback: " + session.find(Trainer.class, "Misty").isPresent());
        session.close();
        session.close(); // does no harm
        fails(() -> session.find(Trainer.class, "Misty"));
    }

    private void addMonsters() {
        out.println("Monsters");
        out.println("  " + keepsake.query(PocketMonster.class).list());

        MonsterType grass = new MonsterType("Grass");
        MonsterType lightning = new MonsterType("Lightning");
        PocketMonster flowerasaur = new PocketMonster("Flowerasaur", grass);
        PocketMonster chooseachu = new PocketMonster("Chooseachu", lightning);
        // The types are added with their monsters, and written before them. All get their ids from the store.
        keepsake.useTransaction(session -> session.addAll(List.of(flowerasaur, chooseachu)));
        out.println("  " + flowerasaur.name() + " has the id " + flowerasaur.id());
        out.println("  " + chooseachu.name() + " is of type " + chooseachu.typeName());

        // Where only the id of a type is known, that is enough.
        long grassId = Objects.requireNonNull(grass.id());
        keepsake.useTransaction(session -> session.add(new PocketMonster("Leafling", grassId)));
        out.println("  " + keepsake.query(PocketMonster.class).count() + " monsters");

        // A type there must be, and one that exists.
        fails(() -> keepsake.useTransaction(session -> session.add(new PocketMonster("Nameless", null))));
        fails(() -> keepsake.useTransaction(session -> session.add(new PocketMonster("Lost", 77))));
    }

    private void navigate() {
        out.println("Navigate");
        // A condition may follow references.
        Query<PocketMonster> ofGrass = keepsake.query(PocketMonster.class)
                .where(field("type.name").eq("Grass"))
                .orderBy("name");
        out.println("  " + ofGrass.list().stream().map(PocketMonster::name).toList());
        out.println("  " + ofGrass);
        out.println("  " + ofGrass.toSql());

        // Rows instead of objects: columns by name or by position.
        for (State row : keepsake.query(PocketMonster.class)
                .select(field("name").as("monster"), field("type.name").as("type"))
                .orderBy(field("name").asc())
                .list()) {
            out.println("  " + row.at(0) + " is " + row.get("type"));
        }

        // Lists are loaded for all types together when the first one is read: two statements, not one for each type.
        List<Request> requests = new ArrayList<>();
        try (Guarded.Listening listening = keepsake.store().listen(requested -> requests.add(requested.request()))) {
            keepsake.useTransaction(session -> {
                for (MonsterType type :
                        session.query(MonsterType.class).orderBy("name").list()) {
                    out.println("  " + type + ": "
                            + type.monsters().stream().map(PocketMonster::name).toList());
                }
            });
        }
        out.println("  " + requests.size() + " statements");
    }

    private void keepBothSidesInStep() {
        out.println("Both sides");
        try (Session session = keepsake.session()) {
            MonsterType grass = session.one(MonsterType.class, field("name").eq("Grass"));
            MonsterType water = session.add(new MonsterType("Water"));
            PocketMonster seedling = new PocketMonster("Seedling", null);
            // Before anything is written, the monster knows its type, and is of this session.
            grass.monsters().add(seedling);
            out.println("  " + seedling.name() + " is of type " + seedling.typeName());
            // Who comes to one type leaves the other.
            water.monsters().add(seedling);
            out.println("  " + seedling.name() + " is of type " + seedling.typeName());
            out.println("  " + grass + " has " + grass.monsters().size() + ", " + water + " has "
                    + water.monsters().size());
            session.rollback();
        }
    }

    private void commitOrNothing() {
        out.println("All or nothing");
        long before = keepsake.query(Trainer.class).count();
        try {
            keepsake.useTransaction(session -> {
                session.add(new Trainer("Half", 0));
                session.flush(); // it is written, but not committed
                throw new IllegalStateException("the plug was pulled");
            });
        } catch (IllegalStateException e) {
            out.println("  " + e.getMessage()); // our own exception, unchanged
        }
        out.println(
                "  trainers that were added: " + (keepsake.query(Trainer.class).count() - before));
    }

    private void detach() {
        out.println("Detach");
        // Outside its session an object keeps what was loaded.
        PocketMonster monster =
                keepsake.query(PocketMonster.class).orderBy("name").first().orElseThrow();
        out.println("  " + monster);
        // What was not loaded cannot be loaded any more: the error names it, and the three cures.
        fails(() -> out.println(monster.typeName()));

        out.println("  first cure, read it inside the session: "
                + keepsake.inTransaction(session -> session.query(PocketMonster.class)
                        .orderBy("name")
                        .first()
                        .orElseThrow()
                        .typeName()));
        PocketMonster whole = keepsake.query(PocketMonster.class)
                .fetch(PocketMonster::type)
                .orderBy("name")
                .first()
                .orElseThrow();
        out.println("  second cure, fetch it with the query: " + whole.typeName());
        long id = Objects.requireNonNull(monster.id());
        out.println("  third cure, get it again: "
                + keepsake.inTransaction(
                        session -> session.get(PocketMonster.class, id).typeName()));
    }

    private void askForOne() {
        out.println("One");
        fails(() -> keepsake.query(PocketMonster.class).where("name", "Nobody").one());
        fails(() -> keepsake.query(PocketMonster.class).one());
        out.println("  "
                + keepsake.query(PocketMonster.class)
                        .where("name", "Leafling")
                        .one()
                        .name());
    }

    private void beSecond() {
        out.println("Two at once");
        try (Session mine = keepsake.session()) {
            Trainer ash = mine.get(Trainer.class, "Ash");
            mine.commit(); // ends the transaction; the session keeps what it knows
            keepsake.useTransaction(
                    other -> other.put(other.get(Trainer.class, "Ash").winning(1)));
            mine.put(ash.winning(2));
            fails(mine::commit);

            // The cure: read it anew, and decide again.
            mine.rollback();
            Trainer now = mine.refresh(mine.get(Trainer.class, "Ash"));
            mine.put(now.winning(2));
            mine.commit();
        }
        out.println("  " + keepsake.get(Trainer.class, "Ash"));
    }

    /** A class that cannot be kept: nothing identifies it. */
    record Strength(String name, int points) {}

    /** A class that leads to another, which the model was not told of. */
    record Attack(String id, Ref<Strength> strength) {}

    private void mistakeTheModel() {
        out.println("The model");
        // Told when the model is built, before any store is opened; all mistakes together.
        fails(() -> Codecs.of(Strength.class));
        fails(() -> Codecs.of(Attack.class));
        fails(() -> Keepsake.open("memroy:"));
    }

    private void untangleSessions() {
        out.println("Sessions");
        try (Session session = keepsake.session()) {
            // A session belongs to the thread that opened it.
            CompletableFuture.runAsync(
                            () -> fails(() -> session.find(Trainer.class, "Ash")),
                            work -> new Thread(work, "another").start())
                    .join();
            // Whoever forgot to close one is told where that was.
            out.println("  open: " + keepsake.openSessions().size() + ", opened in "
                    + keepsake.openSessions().getFirst().replaceAll(".*\\.(\\w+)\\(.*", "$1()"));
        }
        out.println("  open: " + keepsake.openSessions().size());
    }
}

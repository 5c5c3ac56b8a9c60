package dev.keepsake.examples.pypi;

import static dev.keepsake.Keepsake.asc;
import static dev.keepsake.Keepsake.desc;
import static dev.keepsake.Keepsake.field;

import dev.keepsake.Keepsake;
import dev.keepsake.query.Figure;
import java.io.PrintStream;
import java.time.LocalDateTime;
import java.util.List;

/**
 * Asks a store of packages what a website about them would. Its argument is the URL of the store, such as
 * {@code sqlite:pypi.sqlite}; without one, and in a store without packages, the program adds a few of its own.
 */
public final class Pypi {
    private final Keepsake keepsake;

    /** Over a store that is open for {@link Package}, {@link Release}, {@link User} and {@link License}. */
    public Pypi(Keepsake keepsake) {
        this.keepsake = keepsake;
    }

    /** The program. */
    public static void main(String[] arguments) {
        run(arguments.length == 0 ? "memory:" : arguments[0], System.out);
    }

    /** The program, on the store of a URL. */
    public static void run(String url, PrintStream out) {
        // The URL alone says which store it is. All mistakes in the classes are told here, before it is opened.
        try (Keepsake keepsake = Keepsake.open(url, Package.class, Release.class, User.class, License.class)) {
            // Creates the tables that are missing; what exists is never touched.
            keepsake.createAll();
            Pypi pypi = new Pypi(keepsake);
            if (!keepsake.query(Package.class).exists()) {
                pypi.fill();
            }
            pypi.report("pytz", out);
        }
    }

    /** Adds a few packages, so that there is something to ask for. */
    public void fill() {
        LocalDateTime day = LocalDateTime.of(2018, 5, 1, 12, 0);
        License mit = new License("MIT", day, "MIT");
        License bsd = new License("BSD", day, "BSD");
        Package pytz = new Package("pytz", day.minusYears(9), "World timezone definitions", mit);
        Package pandas = new Package("pandas", day.minusYears(8), "Powerful data structures", bsd);
        Package six = new Package("six", day.minusYears(7), "Python 2 and 3 compatibility", mit);
        User ada = new User("Ada Example", "ada@example.org");
        User bob = new User("Bob Example", "bob@example.org");
        ada.packages().addAll(List.of(pytz, pandas));
        bob.packages().add(pandas);

        pytz.releases()
                .addAll(List.of(
                        Release.of(pytz, 2018, 3, 0, day.minusDays(90), 508_000),
                        Release.of(pytz, 2018, 4, 0, day.minusDays(20), 510_000),
                        Release.of(pytz, 2017, 3, 0, day.minusYears(1), 507_000)));
        pandas.releases()
                .addAll(List.of(
                        Release.of(pandas, 0, 23, 0, day, 9_600_000),
                        Release.of(pandas, 0, 22, 0, day.minusMonths(4), 9_400_000)));
        six.releases().add(Release.of(six, 1, 11, 0, day.minusMonths(8), 29_860));

        // One transaction, in which what an object leads to is added with it: packages by their users, licenses and
        // releases
        // by their packages.
        keepsake.useTransaction(session -> session.addAll(List.of(ada, bob, six)));
    }

    /** Prints an answer to each question. */
    public void report(String name, PrintStream out) {
        out.println("The latest releases of " + name + ":");
        for (Release release : latestReleases(name, 3)) {
            out.println(
                    "  " + release.version() + " of " + release.createdDate().toLocalDate());
        }

        out.println("Who takes care of it, and of what else:");
        for (User user : maintainersOf(name)) {
            out.println("  " + user.name() + ": " + names(packagesOf(user.name())));
        }

        out.println("The packages with most releases:");
        for (Count count : releasesPerPackage(3)) {
            out.println("  " + count.name() + ": " + count.releases());
        }

        out.println("All packages with all their releases:");
        List<Package> packages = packagesWithReleases();
        int releases =
                packages.stream().mapToInt(each -> each.releases().size()).sum();
        out.println("  " + packages.size() + " packages, " + releases + " releases");

        out.println("Under the license MIT:");
        out.println("  " + underLicense("MIT") + " packages");
    }

    private static List<String> names(List<Package> packages) {
        return packages.stream().map(Package::id).toList();
    }

    /** The newest versions of a package. Two can have the same numbers, so the id decides last. */
    public List<Release> latestReleases(String name, int most) {
        return keepsake.query(Release.class)
                .where(field(Release::project).eq(name))
                .orderBy(desc(Release::majorVer), desc(Release::minorVer), desc(Release::buildVer), asc(Release::id))
                .limit(most)
                .list();
    }

    /** Who takes care of a package: a list of its own, which is read in a session, where it can be loaded. */
    public List<User> maintainersOf(String name) {
        return keepsake.inTransaction(
                session -> List.copyOf(session.get(Package.class, name).maintainers()));
    }

    /** The packages of all users with that name. A path through a list means: one of them does. */
    public List<Package> packagesOf(String userName) {
        return keepsake.query(Package.class)
                .where(field("maintainers.name").eq(userName))
                .orderBy("id")
                .list();
    }

    /**
     * How many releases a package has.
     *
     * @param name the package
     * @param releases how many
     */
    public record Count(String name, long releases) {}

    /** How many releases the packages have, those with most first: one row for each group. */
    public List<Count> releasesPerPackage(int most) {
        return keepsake.query(Release.class)
                .groupBy(field("project.id"))
                .select(field("project.id").as("name"), Figure.count().as("releases"))
                .orderBy(field("releases").desc(), field("name").asc())
                .limit(most)
                .into(Count.class);
    }

    /** All packages with all their releases: two statements, however many packages there are. */
    public List<Package> packagesWithReleases() {
        return keepsake.query(Package.class)
                .fetch(Package::releases)
                .orderBy("id")
                .list();
    }

    /** How many packages are under a license; a condition may follow references. */
    public long underLicense(String description) {
        return keepsake.query(Package.class)
                .where(field("license.description").eq(description))
                .count();
    }
}

package dev.keepsake.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.keyvalue.KeyValue;
import dev.keepsake.store.Features;
import dev.keepsake.store.StoreUrl;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Java of docs/ compiles: all of one document is the inside of one class, and its models are built; of queries.md each is the
 * inside of a method, over the classes of an example. The programs of sessions.md and key-value.md are run, and the URLs of connecting.md read. See also ReadmeTest.
 */
class SnippetsTest {
    private static final Pattern SNIPPET = Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern SETTINGS =
            Pattern.compile("^```properties\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final String HEAD = """
            import static dev.keepsake.Keepsake.*;

            import com.mongodb.WriteConcern;
            import com.mongodb.client.ClientSession;
            import com.mongodb.client.MongoDatabase;
            import com.mongodb.client.model.Accumulators;
            import com.mongodb.client.model.Aggregates;
            import com.mongodb.client.model.Filters;
            import com.mongodb.client.model.Sorts;
            import com.mongodb.client.model.Variable;
            import dev.keepsake.Keepsake;
            import dev.keepsake.codec.*;
            import dev.keepsake.fault.*;
            import dev.keepsake.keyvalue.KeyValue;
            import dev.keepsake.query.Figure;
            import dev.keepsake.schema.Reference;
            import dev.keepsake.session.*;
            import dev.keepsake.session.Query;
            import dev.keepsake.sql.Sql;
            import dev.keepsake.state.State;
            import dev.keepsake.store.Guarded;
            import dev.keepsake.store.StoreUrl;
            import jakarta.persistence.*;
            import jakarta.validation.constraints.*;
            import java.net.URI;
            import java.nio.file.Path;
            import java.sql.Connection;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.TimeUnit;
            import java.util.stream.*;
            import org.bson.Document;
            import org.jooq.DSLContext;

            """;

    private static final String MOVIES = "dev.keepsake.examples.mflix";
    private static final String METHOD =
            "static void snippet%d(Keepsake keepsake, Session session, Query<Movie> query, Movie cinderella, Instant day) {";

    private final Path root = Path.of(System.getProperty("keepsake.root", ".."));

    @TempDir
    Path folder;

    private List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("docs"))) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** The class of a document's snippets; null where it has none. */
    private String source(Path document, String name) throws IOException {
        boolean statements = name.equals("queries_md");
        StringBuilder inside = new StringBuilder();
        int count = 0;
        Matcher snippet = SNIPPET.matcher(Files.readString(document));
        while (snippet.find()) {
            inside.append(
                            statements
                                    ? METHOD.replace("%d", "" + ++count) + "\n" + snippet.group(1) + "}"
                                    : snippet.group(1))
                    .append('\n');
        }
        return inside.isEmpty()
                ? null
                : (statements ? "package " + MOVIES + ";\n" : "") + HEAD + "class " + name + " {\n" + inside + "}\n";
    }

    private void compile(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter told = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none", "-parameters", "-cp", System.getProperty("java.class.path"), "-d", folder.toString());
            boolean compiled = compiler.getTask(
                            told, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(compiled).as("the snippets of docs/ compile:%n%s", told).isTrue();
        }
    }

    @Test
    void theSnippetsOfTheDocumentsCompileAndTheirModelsAreBuilt() throws Exception {
        List<String> names = new ArrayList<>();
        List<Path> sources = new ArrayList<>();
        for (Path document : documents()) {
            String name = document.getFileName().toString().replaceAll("\\W", "_");
            String source = source(document, name);
            if (source != null) {
                names.add(name);
                sources.add(Files.writeString(folder.resolve(name + ".java"), source));
            }
        }
        assertThat(names).contains("connecting_md", "model_md", "queries_md", "sessions_md");
        for (String movies : List.of("Movie", "Comment", "User")) {
            sources.add(root.resolve("examples/src/main/java/dev/keepsake/examples/mflix")
                    .resolve(movies + ".java"));
        }
        compile(sources);

        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            for (String name : names) {
                for (Method method : loader.loadClass(name.equals("queries_md") ? MOVIES + "." + name : name)
                        .getDeclaredMethods()) {
                    if (method.getReturnType() == Codecs.class) {
                        method.setAccessible(true);
                        assertThat(((Codecs) method.invoke(null)).all())
                                .as(name + "." + method.getName())
                                .isNotEmpty();
                    }
                }
            }
            assertThat(Codecs.of(inside(loader, "Author", "Book", "Subject", "Post", "Pet", "Seat", "Ticket"))
                            .schema()
                            .names())
                    .contains("author", "book", "subject", "book_subject", "post", "pet", "seat", "ticket");
            runSessions(loader.loadClass("sessions_md"));
            readConnecting(loader.loadClass("connecting_md"));
            runKeyValue(loader.loadClass("key_value_md"));
        }
    }

    /** Each program of sessions.md on each store, where {@code add} was run before it; what is about SQL on SQLite alone. */
    private void runSessions(Class<?> programs) throws Exception {
        Method model = programs.getDeclaredMethod("model");
        Method add = programs.getDeclaredMethod("add", Keepsake.class);
        model.setAccessible(true);
        add.setAccessible(true);
        int runs = 0;
        for (Method program : programs.getDeclaredMethods()) {
            if (program.isSynthetic() || program.getReturnType() != void.class || program.equals(add)) {
                continue;
            }
            program.setAccessible(true);
            Path file = folder.resolve(program.getName() + ".db");
            boolean joins = program.getParameterCount() == 2;
            for (String url : List.of("memory:", "sqlite:" + file)) {
                boolean sql = joins || program.getName().startsWith("sql");
                if (sql && url.equals("memory:")) {
                    continue;
                }
                try (Keepsake keepsake = Keepsake.open(url, (Codecs) model.invoke(null))) {
                    keepsake.createAll();
                    add.invoke(null, keepsake);
                    if (joins) {
                        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
                            connection.setAutoCommit(false);
                            program.invoke(null, keepsake, connection);
                        }
                    } else {
                        program.invoke(null, keepsake);
                    }
                    assertThat(keepsake.openSessions()).isEmpty();
                    runs++;
                }
            }
        }
        assertThat(runs).isGreaterThan(15);
    }

    private static void runKeyValue(Class<?> snippets) throws Exception {
        Method counted = snippets.getDeclaredMethod("counted", Keepsake.class);
        Method page = snippets.getDeclaredMethod("page", KeyValue.class, int.class);
        counted.setAccessible(true);
        page.setAccessible(true);
        try (Keepsake keepsake = Keepsake.open("memory:", new Class<?>[0])) {
            counted.invoke(null, keepsake);
            assertThat(keepsake.keyValue().text().get("visits")).contains("1");
            assertThat(page.invoke(null, keepsake.keyValue().text(), 7)).isEqualTo("page 7, slowly rendered");
        }
    }

    /** The ways to a URL that connecting.md shows lead to the same one; what it opens is opened. */
    private void readConnecting(Class<?> snippets) throws Exception {
        String document = Files.readString(root.resolve("docs/connecting.md"));
        StoreUrl url = StoreUrl.parse("postgresql://ann:p%40ss%3Aw%2Frd@localhost:5432/app?sslmode=require");
        assertThat(document).contains("`postgresql://ann:p%40ss%3Aw%2Frd@localhost:5432/app?sslmode=require`");
        assertThat(made(snippets, "ofParts")).isEqualTo(url);
        assertThat(((StoreUrl) made(snippets, "ofVariables")).server(5432)).isEqualTo(url.server(5432));
        List<StoreUrl> files = new ArrayList<>();
        Matcher settings = SETTINGS.matcher(document);
        while (settings.find()) {
            files.add(StoreUrl.fromProperties(
                    Files.writeString(folder.resolve("keepsake.properties"), settings.group(1)), "db."));
        }
        assertThat(files).containsExactly(StoreUrl.parse("sqlite:people.db"), url);
        try (Keepsake keepsake = (Keepsake) made(snippets, "ofAUrl")) {
            assertThat(keepsake.createAll()).hasSize(1);
        }
        Method opened = snippets.getDeclaredMethod("opened", StoreUrl.class);
        opened.setAccessible(true);
        try (Keepsake keepsake =
                (Keepsake) opened.invoke(null, StoreUrl.parse("memory:").with("as", "postgresql"))) {
            assertThat(keepsake.store().features()).isEqualTo(Features.presets().get("postgresql"));
        }
    }

    private static Object made(Class<?> snippets, String name) throws Exception {
        Method method = snippets.getDeclaredMethod(name);
        method.setAccessible(true);
        return method.invoke(null);
    }

    private static Class<?>[] inside(ClassLoader loader, String... names) throws ClassNotFoundException {
        List<Class<?>> classes = new ArrayList<>();
        for (String name : names) {
            classes.add(loader.loadClass("model_md$" + name));
        }
        return classes.toArray(Class<?>[]::new);
    }
}

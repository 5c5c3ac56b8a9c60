package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** URLs from the settings of a program: its environment, or a properties file. Quotes no value in an error. Stateless. */
final class Settings {
    private static final List<String> PARTS = List.of("scheme", "host", "port", "database", "user", "password");
    private static final List<String> NEEDED = List.of("scheme", "host", "database", "user", "password");
    private static final String OPTION = "option.";

    private Settings() {}

    static StoreUrl ofEnvironment(String scheme, String prefix, Map<String, String> variables) {
        Map<String, String> names = Map.of(
                "host", prefix + "HOST",
                "port", prefix + "PORT",
                "database", prefix + "NAME",
                "user", prefix + "USER",
                "password", prefix + "PASSWORD");
        ServerParts parts = StoreUrl.of(scheme);
        names.forEach((part, name) -> {
            String value = variables.get(name);
            if (value != null && !(part.equals("port") && value.isEmpty())) {
                parts.part(part, value);
            }
        });
        return parts.build(new ServerParts.Wording(
                Problem.SETTINGS_INVALID, part -> names.getOrDefault(part, "the " + part), "the environment", NEEDED));
    }

    static StoreUrl ofFile(Path file, String prefix) {
        Map<String, String> settings = settings(file, prefix);
        String url = settings.get("url");
        if (url != null) {
            settings.remove("url");
            if (!settings.isEmpty()) {
                String beside = settings.keySet().iterator().next();
                throw invalid(file, "%surl says all, but %s%s is given beside it".formatted(prefix, prefix, beside))
                        .hint("give the URL alone, or its parts without it")
                        .fault();
            }
            return StoreUrl.parse(url, file);
        }
        ServerParts parts = new ServerParts();
        settings.forEach((name, value) -> {
            if (name.startsWith(OPTION)) {
                parts.option(name.substring(OPTION.length()), value);
            } else if (!(name.equals("port") && value.isEmpty())) {
                parts.part(name, value);
            }
        });
        return parts.build(new ServerParts.Wording(Problem.SETTINGS_INVALID, part -> prefix + part, file, NEEDED));
    }

    /** What the file has under the prefix, by name without it. */
    private static Map<String, String> settings(Path file, String prefix) {
        Map<String, String> settings = new TreeMap<>();
        List<String> known = new ArrayList<>(List.of(prefix + "url"));
        PARTS.forEach(part -> known.add(prefix + part));
        known.add(prefix + OPTION + "NAME");
        load(file, text(file), prefix).forEach((key, value) -> {
            if (!known.contains(key) && !isOption(key.substring(prefix.length()))) {
                throw invalid(file, "there is no setting " + Report.quote(key))
                        .near(key, known)
                        .fault();
            }
            settings.put(key.substring(prefix.length()), value);
        });
        if (settings.isEmpty()) {
            throw invalid(file, "%surl is missing".formatted(prefix))
                    .hint("write %surl=scheme://user:password@host/database, or its parts: %s"
                            .formatted(prefix, String.join(", ", known.subList(1, known.size()))))
                    .fault();
        }
        return settings;
    }

    private static boolean isOption(String name) {
        return name.startsWith(OPTION) && name.length() > OPTION.length();
    }

    private static Map<String, String> load(Path file, String text, String prefix) {
        Map<String, String> found = new TreeMap<>();
        Properties all = new Properties() {
            @Override
            public synchronized Object put(Object key, Object value) {
                if (key.toString().startsWith(prefix) && found.put(key.toString(), value.toString()) != null) {
                    throw invalid(file, Report.quote(key) + " is given twice").fault();
                }
                return super.put(key, value);
            }
        };
        try {
            all.load(new StringReader(text));
        } catch (IllegalArgumentException | IOException e) {
            // not as a cause, lest a runtime quotes the line
            throw invalid(file, "the file holds a malformed \\u escape")
                    .hint("write \\\\ for a backslash")
                    .fault();
        }
        return found;
    }

    private static String text(Path file) {
        try {
            String text = Files.readString(file);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (NoSuchFileException e) {
            throw Problem.FILE_MISSING
                    .because("there is no file %s", file)
                    .hint("check the path; it is taken from " + Path.of("").toAbsolutePath())
                    .fault();
        } catch (CharacterCodingException e) {
            throw invalid(file, "the file is no text in UTF-8").fault();
        } catch (IOException e) {
            throw invalid(file, Files.isDirectory(file) ? "it is a folder, not a file" : "the file cannot be read")
                    .cause(e)
                    .fault();
        }
    }

    private static Report invalid(Path file, String sentence) {
        return Problem.SETTINGS_INVALID.because(sentence).at(file);
    }
}

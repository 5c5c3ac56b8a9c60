package dev.keepsake.cli;

import dev.keepsake.fault.Problem;
import dev.keepsake.value.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.ParseResult;

/** What was given to a command. Immutable. */
final class Arguments {
    private final ParseResult given;

    Arguments(ParseResult given) {
        this.given = given;
    }

    /** Whether an option is given. */
    boolean has(String option) {
        return given.hasMatchedOption(option);
    }

    /** The text of an option. */
    Optional<String> text(String option) {
        return Optional.ofNullable(given.matchedOptionValue(option, (String) null));
    }

    /** The number of an option. */
    OptionalLong number(String option) {
        Long number = given.matchedOptionValue(option, (Long) null);
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }

    /** The argument at a position that has to be given. */
    String argument(int position) {
        return optional(position).orElseThrow();
    }

    /** The argument at a position. */
    Optional<String> optional(int position) {
        return Optional.ofNullable(given.matchedPositionalValue(position, (String) null));
    }

    /** The paths of an option, joined by commas. */
    List<Path> paths(String option) {
        return text(option)
                .map(text -> split(text).stream().map(Arguments::path).toList())
                .orElse(List.of());
    }

    /** The single names of an option, joined by commas. */
    List<String> names(String option) {
        return paths(option).stream()
                .map(path -> path.nested() ? String.join(".", path.steps()) : path.field())
                .toList();
    }

    /** Reads a path of an argument. */
    static Path path(String text) {
        try {
            return Path.parse(text);
        } catch (IllegalArgumentException e) {
            throw Problem.REQUEST_INVALID
                    .because(
                            "%s is no path: %s",
                            text.isEmpty() ? "an empty text" : text, String.valueOf(e.getMessage()))
                    .hint("write info.license, or `a name with signs`.inside")
                    .fault();
        }
    }

    /** The parts between commas, but for those inside backticks, which quote names. */
    static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            quoted ^= c == '`';
            if (c == ',' && !quoted) {
                parts.add(part.toString().strip());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString().strip());
        return parts;
    }
}

package dev.keepsake.sql;

import dev.keepsake.value.Type;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a server's inspector writes behind a native type, and its columns read again: the type that a comment of ours says, and
 * that the database generates the values.
 */
final class ServerTypes {
    private static final String OURS = "keepsake ";
    private static final String GENERATED = " generated";
    private static final String AS = " as ";

    private ServerTypes() {}

    /** The comment on a column whose native type tells another type than its own. */
    static String comment(Type type) {
        return OURS + type;
    }

    /** A native type as it was found, with what else is known of its column. */
    static String found(String type, @Nullable String comment, boolean generated) {
        String said = comment != null && comment.startsWith(OURS) ? AS + comment.substring(OURS.length()) : "";
        return type + said + (generated ? GENERATED : "");
    }

    /**
     * The column of what {@link #found} wrote.
     *
     * @param quote what encloses, inside a native type, names or texts that may hold anything
     * @param plain the column of a native type alone
     */
    static ServerColumn column(String found, char quote, Function<String, ServerColumn> plain) {
        boolean generated = found.endsWith(GENERATED);
        String declared = generated ? found.substring(0, found.length() - GENERATED.length()) : found;
        int as = declared.indexOf(AS, declared.lastIndexOf(quote) + 1);
        ServerColumn column = plain.apply(as < 0 ? declared : declared.substring(0, as));
        ServerColumn said = as < 0 ? null : said(column, declared.substring(as + AS.length()));
        ServerColumn known = said == null ? column : said.own();
        return known.with(known.writable() && !generated, null);
    }

    /** The column as a comment says its type; null where the comment is somebody else's. */
    private static @Nullable ServerColumn said(ServerColumn column, String type) {
        try {
            return column.as(Type.parse(type));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** A length or precision; -1 where it is absent, or beyond any that there is. */
    static int number(@Nullable String digits) {
        return digits == null || digits.length() > 9 ? -1 : Integer.parseInt(digits);
    }
}

package dev.keepsake.redis;

import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;

/** The Lua scripts that run inside the server; each begins with {@code common.lua}, and the one that writes with {@code runs.lua}. */
enum RedisScript {
    /** A whole commit. */
    WRITE("runs.lua"),
    /** Objects, by their keys or in the order of an index. */
    READ,
    /** How many there are. */
    COUNT,
    /** Removes what is left of the expired. */
    SWEEP,
    /** Compares objects with the entries of their indexes. */
    CHECK,
    /** Replaces the record of a kind. */
    SCHEMA,
    /** Finds out whether the user may do what a commit does. */
    PROBE;

    private final String text;
    private final String digest;

    RedisScript(String... parts) {
        StringBuilder all = new StringBuilder(resource("common.lua"));
        for (String part : parts) {
            all.append(resource(part));
        }
        text = all.append(resource(name().toLowerCase(Locale.ROOT) + ".lua")).toString();
        try {
            digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = RedisScript.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What sort of answer it gives. */
    ScriptOutputType output() {
        return this == SCHEMA ? ScriptOutputType.INTEGER : ScriptOutputType.MULTI;
    }

    /** Its text in Lua. */
    String text() {
        return text;
    }

    /** By which a server knows it that has run it before. */
    String digest() {
        return digest;
    }
}

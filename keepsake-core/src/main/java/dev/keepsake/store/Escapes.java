package dev.keepsake.store;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Percent-escapes of a URL (RFC 3986, section 2.1), of bytes of UTF-8. What is malformed gives null, not an exception that would
 * quote it. Stateless.
 */
final class Escapes {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Escapes() {}

    /** The text with all but letters, digits and {@code -._~} escaped; null where it holds half a character. */
    static @Nullable String escaped(String text) {
        if (!isWhole(text)) {
            return null;
        }
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (PLAIN.indexOf(b) >= 0) {
                escaped.append((char) b);
            } else {
                escaped.append('%').append(HEX.toHexDigits(b));
            }
        }
        return escaped.toString();
    }

    /** The text that is escaped, where a character that needs no escape may have one; null where it is malformed. */
    static @Nullable String plain(String escaped) {
        StringBuilder plain = new StringBuilder();
        ByteBuffer bytes = ByteBuffer.allocate(escaped.length() / 3);
        for (int i = 0; i < escaped.length(); ) {
            bytes.clear();
            while (i < escaped.length() && escaped.charAt(i) == '%') {
                if (i + 3 > escaped.length() || !isHex(escaped.charAt(i + 1)) || !isHex(escaped.charAt(i + 2))) {
                    return null;
                }
                bytes.put((byte) HexFormat.fromHexDigits(escaped, i + 1, i + 3));
                i += 3;
            }
            try {
                plain.append(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()));
            } catch (CharacterCodingException e) {
                return null;
            }
            while (i < escaped.length() && escaped.charAt(i) != '%') {
                plain.append(escaped.charAt(i++));
            }
        }
        return isWhole(plain) ? plain.toString() : null;
    }

    private static boolean isHex(char c) {
        return HexFormat.isHexDigit(c);
    }

    private static boolean isWhole(CharSequence text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}

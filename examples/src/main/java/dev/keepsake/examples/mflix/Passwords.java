package dev.keepsake.examples.mflix;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Passwords as they may be stored: PBKDF2 with HMAC-SHA-256 (RFC 8018), each with a salt of its own. */
final class Passwords {
    /** As many as the OWASP Password Storage Cheat Sheet asks for. */
    private static final int ITERATIONS = 600_000;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;

    private Passwords() {}

    /** What is stored. */
    static String hashed(String password) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return HexFormat.of().formatHex(salt) + ":" + HexFormat.of().formatHex(hash(password, salt));
    }

    /** Whether it is the password of what is stored. */
    static boolean matches(String password, String stored) {
        String[] parts = stored.split(":", 2);
        return parts.length == 2
                && MessageDigest.isEqual(
                        HexFormat.of().parseHex(parts[1]),
                        hash(password, HexFormat.of().parseHex(parts[0])));
    }

    private static byte[] hash(String password, byte[] salt) {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, HASH_BITS))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}

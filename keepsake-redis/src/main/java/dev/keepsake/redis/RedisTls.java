package dev.keepsake.redis;

import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.store.StoreUrl;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Optional;

/**
 * How the connections of {@code rediss://} are encrypted.
 *
 * @param verify what of the server's certificate is checked
 * @param authority a file of the certificates that are trusted, in PEM; without, those that Java trusts
 * @param certificate a file of the certificate by which the client is known, in PEM
 * @param key a file of its private key, in PEM (PKCS #8) without a password
 */
record RedisTls(SslVerifyMode verify, Optional<Path> authority, Optional<Path> certificate, Optional<Path> key) {
    static final List<String> NAMES = List.of("ca", "certificate", "key", "verify");

    /** What a URL says of it; nothing where it is not encrypted. */
    static Optional<RedisTls> of(StoreUrl url) {
        if (!url.scheme().equals("rediss")) {
            NAMES.stream()
                    .filter(name -> url.option(name).isPresent())
                    .findFirst()
                    .ifPresent(name -> {
                        throw malformed("the option %s is for connections that are encrypted", name)
                                .hint("write rediss:// in place of redis://")
                                .fault();
                    });
            return Optional.empty();
        }
        Optional<Path> authority = file(url, "ca");
        Optional<Path> certificate = file(url, "certificate");
        Optional<Path> key = file(url, "key");
        SslVerifyMode verify = verify(url);
        if (certificate.isPresent() != key.isPresent()) {
            throw malformed("the options certificate and key belong together").fault();
        }
        if (authority.isPresent() && verify == SslVerifyMode.NONE) {
            throw malformed("the option ca says whom to trust, and verify=none to trust anybody")
                    .fault();
        }
        authority.ifPresent(file -> requireCertificates(file, "ca"));
        certificate.ifPresent(file -> requireCertificates(file, "certificate"));
        key.ifPresent(RedisTls::requireKey);
        return Optional.of(new RedisTls(verify, authority, certificate, key));
    }

    private static void requireCertificates(Path file, String option) {
        try (InputStream in = Files.newInputStream(file)) {
            if (!CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .isEmpty()) {
                return;
            }
        } catch (IOException | CertificateException e) {
            // said below
        }
        throw malformed(
                        "the file %s of the option %s holds no certificates in PEM",
                        Report.quote(file.toString()), option)
                .fault();
    }

    private static void requireKey(Path file) {
        try {
            if (Files.readString(file).contains("-----BEGIN PRIVATE KEY-----")) {
                return;
            }
        } catch (IOException e) {
            // said below
        }
        throw malformed(
                        "the file %s of the option key holds no private key in PKCS #8 without a password",
                        Report.quote(file.toString()))
                .hint("openssl pkcs8 -topk8 -nocrypt -in KEY -out FILE makes it so")
                .fault();
    }

    private static SslVerifyMode verify(StoreUrl url) {
        return switch (url.option("verify").orElse("full")) {
            case "full" -> SslVerifyMode.FULL;
            case "ca" -> SslVerifyMode.CA;
            case "none" -> SslVerifyMode.NONE;
            default -> throw malformed("the option verify is full, ca or none").fault();
        };
    }

    private static Optional<Path> file(StoreUrl url, String option) {
        return url.option(option).map(name -> {
            try {
                Path file = Path.of(name);
                if (Files.isRegularFile(file) && Files.isReadable(file)) {
                    return file;
                }
            } catch (InvalidPathException e) {
                // said below
            }
            throw malformed("the file %s of the option %s cannot be read", Report.quote(name), option)
                    .fault();
        });
    }

    private static Report malformed(String sentence, Object... values) {
        return Problem.MALFORMED_URL.because(sentence, values);
    }

    /** As the driver is told. */
    SslOptions options() {
        SslOptions.Builder options = SslOptions.builder().jdkSslProvider();
        authority.map(Path::toFile).ifPresent(options::trustManager);
        if (certificate.isPresent() && key.isPresent()) {
            File mine = key.get().toFile();
            options.keyManager(certificate.get().toFile(), mine, new char[0]);
        }
        return options.build();
    }
}

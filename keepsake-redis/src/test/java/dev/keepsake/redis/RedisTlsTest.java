package dev.keepsake.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.Keepsake;
import dev.keepsake.contract.On;
import dev.keepsake.contract.RedisServer;
import dev.keepsake.contract.Row;
import dev.keepsake.contract.Servers;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is spoken to in secret. */
@On("redis")
class RedisTlsTest {
    record Trainer(String id, int badges) {}

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path folder;

    @Test
    @Row("S1-80")
    void aConnectionIsEncryptedAndTheServersCertificateChecked() throws Exception {
        certify();
        int port = free();
        try (RedisServer server = Servers.startRedis(
                "--tls-port",
                String.valueOf(port),
                "--tls-cert-file",
                folder.resolve("cert.pem").toString(),
                "--tls-key-file",
                folder.resolve("key.pem").toString(),
                "--tls-ca-cert-file",
                folder.resolve("cert.pem").toString(),
                "--tls-auth-clients",
                "optional")) {
            String secret =
                    server.freshSpace().replace("redis://", "rediss://").replace(":" + server.port(), ":" + port);
            try (Keepsake keepsake = Keepsake.open(secret + "?verify=none", Trainer.class)) {
                keepsake.useTransaction(session -> session.add(new Trainer("ash", 8)));
                assertThat(keepsake.get(Trainer.class, "ash").badges()).isEqualTo(8);
                assertThat(keepsake.info().toString()).startsWith("rediss  ");
            }
            String trusted = secret + "?ca=" + folder.resolve("cert.pem");
            try (Keepsake keepsake = Keepsake.open(trusted, Trainer.class)) {
                assertThat(keepsake.get(Trainer.class, "ash").badges()).isEqualTo(8);
            }
            Fault unknown = catchThrowableOfType(Fault.class, () -> Keepsake.open(secret, Trainer.class));
            assertThat(unknown.problem()).isEqualTo(Problem.STORE_UNREACHABLE);
            assertThat(unknown.sentence()).contains("certificate");
            Fault plain = catchThrowableOfType(
                    Fault.class, () -> Keepsake.open(secret.replace("rediss://", "redis://"), Trainer.class));
            assertThat(plain.problem()).isIn(Problem.STORE_UNREACHABLE, Problem.TIME_LIMIT);
        }
    }

    @Test
    @Row("S1-80")
    void aServerMayAskForACertificateOfTheClient() throws Exception {
        certify();
        String pem = folder.resolve("cert.pem").toString();
        String key = folder.resolve("key.pem").toString();
        int port = free();
        try (RedisServer server = Servers.startRedis(
                "--tls-port",
                String.valueOf(port),
                "--tls-cert-file",
                pem,
                "--tls-key-file",
                key,
                "--tls-ca-cert-file",
                pem,
                "--tls-auth-clients",
                "yes")) {
            String secret =
                    server.freshSpace().replace("redis://", "rediss://").replace(":" + server.port(), ":" + port);
            try (Keepsake keepsake =
                    Keepsake.open(secret + "?ca=" + pem + "&certificate=" + pem + "&key=" + key, Trainer.class)) {
                keepsake.useTransaction(session -> session.add(new Trainer("ash", 8)));
                assertThat(keepsake.get(Trainer.class, "ash").badges()).isEqualTo(8);
            }
            Fault nobody = catchThrowableOfType(Fault.class, () -> Keepsake.open(secret + "?ca=" + pem, Trainer.class));
            assertThat(nobody.problem()).isEqualTo(Problem.STORE_UNREACHABLE);
        }
    }

    @Test
    void optionsOfEncryptionThatMakeNoSenseAreToldAtOnce() throws Exception {
        certify();
        String pem = folder.resolve("cert.pem").toString();
        assertThat(malformed("redis://localhost?ca=" + pem))
                .isEqualTo("the option ca is for connections that are encrypted");
        assertThat(malformed("rediss://localhost?ca=none.pem"))
                .isEqualTo("the file none.pem of the option ca cannot be read");
        assertThat(malformed("rediss://localhost?key=" + pem))
                .isEqualTo("the options certificate and key belong together");
        assertThat(malformed("rediss://localhost?ca=" + folder)).contains("cannot be read");
        assertThat(malformed("rediss://localhost?verify=none&ca=" + pem))
                .isEqualTo("the option ca says whom to trust, and verify=none to trust anybody");
        String key = folder.resolve("key.pem").toString();
        assertThat(malformed("rediss://localhost?ca=" + key)).endsWith("of the option ca holds no certificates in PEM");
        assertThat(malformed("rediss://localhost?certificate=" + pem + "&key=" + pem))
                .endsWith("of the option key holds no private key in PKCS #8 without a password");
        assertThat(malformed("rediss://localhost?ca=a%00b")).endsWith("of the option ca cannot be read");
        assertThat(malformed("redis://localhost?sentinelLogin=same"))
                .isEqualTo("the option sentinelLogin is for sentinels, and the option sentinel names none");
        assertThat(malformed("rediss://localhost?verify=no")).isEqualTo("the option verify is full, ca or none");
        assertThat(malformed("redis://localhost?sentinel=m&sentinelLogin=ann"))
                .isEqualTo("the option sentinelLogin is none, or same: that of the URL");
    }

    private static String malformed(String url) {
        Fault fault = catchThrowableOfType(Fault.class, () -> Keepsake.open(url, Trainer.class));
        assertThat(fault.problem()).isEqualTo(Problem.MALFORMED_URL);
        return fault.sentence();
    }

    /** A key and a certificate that nobody but itself vouches for, as files that Redis reads. */
    private void certify() throws Exception {
        Path store = folder.resolve("store.p12");
        Process made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-alias",
                        "server",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(made.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        write("key.pem", "PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded());
        write("cert.pem", "CERTIFICATE", keys.getCertificate("server").getEncoded());
    }

    private void write(String file, String what, byte[] content) throws Exception {
        String text = Base64.getMimeEncoder().encodeToString(content);
        Files.writeString(
                folder.resolve(file), "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    private static int free() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

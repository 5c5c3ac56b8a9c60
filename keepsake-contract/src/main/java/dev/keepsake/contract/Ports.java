package dev.keepsake.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports of 127.0.0.1. Each can be taken by another before it is used. */
final class Ports {
    private static final int FIRST = 11_000;
    private static final int ATTEMPTS = 1000;

    private Ports() {}

    /** Any free port. */
    static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A free port, where the one that is higher by this distance is free too. Both are below those that systems give to
     * outgoing connections (on Linux from 32768), so that they stay free while a server restarts.
     */
    static int freePair(int distance) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, FIRST + distance);
            if (isFree(port) && isFree(port + distance)) {
                return port;
            }
        }
        throw new IllegalStateException("no two free ports were found");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}

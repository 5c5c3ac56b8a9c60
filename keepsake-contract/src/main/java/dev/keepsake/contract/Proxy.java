package dev.keepsake.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What stands between a client and a server, and can go wrong: it forwards both ways until it is told to swallow an answer, or to go silent. Thread-safe.
 */
public final class Proxy implements AutoCloseable {
    private final String url;
    private final InetSocketAddress server;
    private final ServerSocket listening;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger swallows = new AtomicInteger();
    private volatile boolean silent;

    /** Between clients and the server of a URL. */
    public Proxy(String url) throws IOException {
        URI uri = URI.create(url);
        this.url = url;
        this.server = new InetSocketAddress(uri.getHost(), uri.getPort());
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** The URL that leads through it. */
    public String url() {
        return url.replace(
                server.getHostString() + ":" + server.getPort() + "/", "127.0.0.1:" + listening.getLocalPort() + "/");
    }

    /** Lets the next request through, and closes the connection instead of answering, once the server has answered. */
    public void swallowNextAnswer() {
        swallowNextAnswers(1);
    }

    /** As {@link #swallowNextAnswer}, of so many requests. */
    public void swallowNextAnswers(int count) {
        swallows.set(count);
    }

    /** Forwards nothing any more and closes nothing. */
    public void goSilent() {
        silent = true;
    }

    /** Forwards again, but nothing on connections that went silent. */
    public void recover() {
        links.forEach(link -> link.dead = true);
        silent = false;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                links.add(new Link(listening.accept()));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    /** One connection through it. */
    private final class Link {
        private final Socket client;
        private final Socket there = new Socket();
        private volatile boolean dead;
        private volatile boolean swallowing;

        Link(Socket client) throws IOException {
            this.client = client;
            there.connect(server);
            Thread.ofVirtual().start(() -> forward(client, there, true));
            Thread.ofVirtual().start(() -> forward(there, client, false));
        }

        private void forward(Socket from, Socket to, boolean asks) {
            byte[] buffer = new byte[65_536];
            try (InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    dead = dead || silent;
                    if (dead) {
                        continue;
                    }
                    byte[] sent = Arrays.copyOf(buffer, read);
                    if (asks && swallows.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        swallowing = true;
                    }
                    if (!asks && swallowing) {
                        close();
                        return;
                    }
                    out.write(sent);
                    out.flush();
                }
            } catch (IOException e) {
                // one side is gone, and now the other
            }
            if (!dead) {
                close();
            }
        }

        private void close() {
            try {
                client.close();
                there.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        links.forEach(Link::close);
    }
}

package dev.keepsake.contract;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection to a Redis server that speaks its protocol by itself ("Redis serialization protocol specification",
 * RESP 2). After an error it is only good to be closed. Not thread-safe.
 */
final class RedisConnection implements AutoCloseable {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int REPLY_MILLIS = 30_000;

    private final Socket socket = new Socket();
    private final InputStream replies;

    RedisConnection(String host, int port) {
        try {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            socket.setSoTimeout(REPLY_MILLIS);
            replies = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            close();
            throw new IllegalStateException(host + ":" + port + ": " + e.getMessage(), e);
        }
    }

    /** Sends one command, and gives the reply as {@link RedisServer#command} says. */
    String ask(String... words) {
        try {
            socket.getOutputStream().write(encoded(words));
            return reply();
        } catch (IOException e) {
            throw new IllegalStateException(words[0] + ": " + e.getMessage(), e);
        }
    }

    private static byte[] encoded(String... words) {
        ByteArrayOutputStream command = new ByteArrayOutputStream();
        command.writeBytes(bytes("*" + words.length + "\r\n"));
        for (String word : words) {
            byte[] content = bytes(word);
            command.writeBytes(bytes("$" + content.length + "\r\n"));
            command.writeBytes(content);
            command.writeBytes(bytes("\r\n"));
        }
        return command.toByteArray();
    }

    private String reply() throws IOException {
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+', ':' -> rest;
            case '-' -> throw new IllegalStateException(rest);
            case '$' -> text(Integer.parseInt(rest));
            case '*' -> elements(Integer.parseInt(rest));
            default -> throw new IOException("not a reply of Redis: " + line);
        };
    }

    private String text(int length) throws IOException {
        if (length < 0) {
            return RedisServer.NIL;
        }
        byte[] content = replies.readNBytes(length);
        if (content.length < length) {
            throw new EOFException("the server ended the connection");
        }
        replies.skipNBytes(2);
        return new String(content, StandardCharsets.UTF_8);
    }

    private String elements(int count) throws IOException {
        if (count < 0) {
            return RedisServer.NIL;
        }
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(reply());
        }
        return String.join("\n", elements);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next;
        while ((next = replies.read()) != '\r') {
            if (next < 0) {
                throw new EOFException("the server ended the connection");
            }
            line.write(next);
        }
        replies.skipNBytes(1);
        return line.toString(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It was broken already.
        }
    }
}

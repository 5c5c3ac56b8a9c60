package dev.keepsake.store;

import dev.keepsake.value.ObjectId;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids that need no store. Object ids are four bytes of seconds, five of a process, three that count up (MongoDB manual,
 * "ObjectId"). UUIDs are of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then random bits, of which the first twelve
 * count up within a millisecond (section 6.2, method 1) so that those of one process rise.
 */
final class MadeIds {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] PROCESS = new byte[5];
    private static final AtomicInteger COUNTER = new AtomicInteger(RANDOM.nextInt());

    static {
        RANDOM.nextBytes(PROCESS);
    }

    private static final AtomicLong LAST = new AtomicLong();

    private MadeIds() {}

    static ObjectId objectId() {
        ByteBuffer bytes = ByteBuffer.allocate(12);
        bytes.putInt((int) (System.currentTimeMillis() / 1000));
        int count = COUNTER.getAndIncrement();
        bytes.put(PROCESS).put((byte) (count >> 16)).put((byte) (count >> 8)).put((byte) count);
        return ObjectId.of(bytes.array());
    }

    static UUID uuid() {
        long now = System.currentTimeMillis() << 12;
        long stamp = LAST.updateAndGet(last -> Math.max(last + 1, now));
        long high = (stamp >>> 12) << 16 | 0x7000 | (stamp & 0xfff);
        long low = (RANDOM.nextLong() >>> 2) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}

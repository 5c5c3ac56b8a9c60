package dev.keepsake.redis;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Unavailable;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Findings;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares all objects with the entries of their indexes, batch by batch beside those who write, and mends what differs where that is
 * asked for. First each object's own entries, then each entry's object. Only the objects count: nothing of them is changed.
 */
final class RedisRepair {
    private static final int BATCH = 200;
    private static final int EXAMPLES = 100;

    private final RedisStore store;
    private final boolean mends;
    private final List<String> examples = new ArrayList<>();
    private long objects;
    private long wrong;

    RedisRepair(RedisStore store, boolean mends) {
        this.store = store;
        this.mends = mends;
    }

    Findings run() {
        List<String> names = List.copyOf(store.catalog().load().keySet());
        names.forEach(name -> store.with(name, kind -> {
            check(kind);
            return kind;
        }));
        return new Findings(objects, wrong, examples);
    }

    /** An index that is being built has not all entries yet: it is told as such, or made whole. */
    private void check(RedisKind known) {
        known.building().forEach(index -> note(known, "the index " + index + " is not complete"));
        RedisKind kind = mends ? known : known.whole();
        scanObjects(kind);
        for (int index = 0; index <= kind.kind().indexes().size(); index++) {
            checkMembers(kind, index);
        }
        scanEntries(kind);
        if (mends && !known.building().isEmpty()) {
            new RedisAlterations(store).complete(known, known.building());
        }
    }

    private void note(RedisKind kind, String what) {
        wrong++;
        if (examples.size() < EXAMPLES) {
            examples.add(kind.kind().name() + ": " + what);
        }
    }

    private byte @Nullable [] note(RedisKind kind, List<?> answer) {
        for (Object each : answer.subList(2, answer.size())) {
            note(kind, RedisKeys.text((byte[]) each));
        }
        byte[] last = (byte[]) answer.get(1);
        return last.length == 0 ? null : last;
    }

    private RedisCall call(RedisKind kind, String mode) {
        return new RedisCall(RedisScript.CHECK).kind(kind).with(mode).with(mends);
    }

    // ---- from the objects

    private void scanObjects(RedisKind kind) {
        String prefix = kind.keys().objects(kind.kind());
        store.link().scan(kind.tag(), RedisKeys.startingWith(prefix), keys -> {
            if (kind.kind().isBag()) {
                keys.forEach(key -> checkObjects(kind, List.of(key))); // its key alone tells which object it is
            } else {
                checkObjects(kind, keys);
            }
        });
    }

    /** What cannot be read is told, and the others are looked at all the same. */
    private void checkObjects(RedisKind kind, List<byte[]> keys) {
        if (keys.isEmpty()) {
            return;
        }
        try {
            check(kind, keys);
        } catch (Fault fault) {
            if (keys.size() > 1) {
                keys.forEach(key -> checkObjects(kind, List.of(key)));
            } else if (fault instanceof Unavailable) {
                throw fault;
            } else {
                note(kind, RedisKeys.text(keys.getFirst()) + " cannot be read: " + fault.sentence());
            }
        }
    }

    private void check(RedisKind kind, List<byte[]> keys) {
        RedisCall read = new RedisCall(RedisScript.READ)
                .kind(kind)
                .with(List.of(kind.states().names()))
                .with("keys")
                .with(keys.size());
        keys.forEach(key -> read.key(RedisKeys.text(key)));
        List<?> answer = Unpacked.list((byte[]) store.answer(read).get(3));
        List<byte[]> matter = kind.kind().fields().stream()
                .map(Field::name)
                .filter(name -> matters(kind.kind(), name))
                .map(RedisKeys::bytes)
                .toList();
        RedisCall check = call(kind, "objects").with(matter);
        List<Runnable> added = new ArrayList<>();
        for (int i = 0; i < answer.size(); i += 2) {
            List<?> row = (List<?>) answer.get(i);
            State state = kind.states().decoded(row, (List<?>) answer.get(i + 1));
            Object id = kind.kind().isBag()
                    ? number(kind, keys.getFirst())
                    : kind.kind().idOf(state);
            if (id == null) {
                note(kind, "an object has no " + String.join(", ", kind.kind().id()));
            } else if (keys.stream().noneMatch(key -> RedisKeys.text(key).equals(kind.object(id)))) {
                note(kind, "the object " + kind.states().idText(id) + " is under the key of another");
            } else {
                added.add(() -> add(check, kind, id, state, row));
            }
        }
        check.with(added.size());
        added.forEach(Runnable::run);
        note(kind, store.answer(check));
        objects += added.size();
    }

    private static Long number(RedisKind kind, byte[] key) {
        String prefix = kind.keys().objects(kind.kind());
        return Long.valueOf(RedisKeys.text(key).substring(prefix.length()));
    }

    private static boolean matters(Kind kind, String field) {
        return kind.id().contains(field)
                || kind.expiry().filter(field::equals).isPresent()
                || kind.indexes().stream().anyMatch(index -> index.fields().contains(field));
    }

    private static void add(RedisCall check, RedisKind kind, Object id, State state, List<?> row) {
        List<byte[]> texts = new ArrayList<>();
        List<Field> fields = kind.kind().fields();
        for (int i = 0; i < fields.size(); i++) {
            if (matters(kind.kind(), fields.get(i).name())) {
                byte[] text = (byte[]) row.get(i);
                texts.add(text == null ? RedisStates.NULL : text);
            }
        }
        Object end = kind.kind().expiry().map(state::get).orElse(null);
        check.with(kind.states().idText(id))
                .with(kind.states().idOrder(id))
                .key(kind.object(id))
                .with(texts)
                .with(kind.parts(state, null))
                .with(end instanceof Instant instant ? RedisWrite.millis(instant) : "never");
    }

    // ---- from the entries

    private void checkMembers(RedisKind kind, int index) {
        byte @Nullable [] from = {'-'};
        while (from != null) {
            List<?> answer =
                    store.answer(call(kind, "members").with(index).with(from).with(BATCH));
            byte[] last = note(kind, answer);
            from = last == null ? null : RedisStates.joined(List.of(new byte[] {'('}, last));
        }
    }

    private void scanEntries(RedisKind kind) {
        byte[] entries = RedisKeys.bytes(kind.keys().entries(kind.kind()));
        ScanCursor at = ScanCursor.INITIAL;
        do {
            ScanCursor from = at;
            MapScanCursor<byte[], byte[]> found =
                    store.link().ask(redis -> redis.hscan(entries, from, ScanArgs.Builder.limit(BATCH)));
            List<byte[]> ids = List.copyOf(found.getMap().keySet());
            if (!ids.isEmpty()) {
                note(kind, store.answer(call(kind, "entries").with(ids)));
            }
            at = found;
        } while (!at.isFinished());
    }
}

package dev.keepsake.mongo;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.bson.BsonDocument;

/** The last number that an object of each kind got, in the collection {@code _keepsake_sequences}, outside any transaction. Thread-safe. */
final class MongoSequences {
    private static final String SEQUENCES = MongoCatalog.OURS + "sequences";
    private static final String LAST = "last";

    private final MongoLink link;
    /** What is known to be taken, so that a number below it need not be told. */
    private final Map<String, Long> taken = new ConcurrentHashMap<>();

    MongoSequences(MongoLink link) {
        this.link = link;
    }

    List<Long> next(String kind, int count) {
        BsonDocument after = link.ask(() -> link.collection(SEQUENCES)
                .findOneAndUpdate(
                        Filters.eq(MongoStates.ID, kind),
                        Updates.inc(LAST, (long) count),
                        new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER)));
        long last = Objects.requireNonNull(after).getNumber(LAST).longValue();
        if (last == count) {
            long greatest = greatest(kind); // the first time: others may have given numbers before
            if (greatest > 0) {
                raise(kind, greatest);
                return next(kind, count);
            }
        }
        taken.merge(kind, last, Math::max);
        return LongStream.rangeClosed(last - count + 1, last).boxed().toList();
    }

    private long greatest(String kind) {
        BsonDocument last = link.ask(() -> link.collection(kind)
                .find(Filters.type(MongoStates.ID, "number"))
                .sort(Sorts.descending(MongoStates.ID))
                .limit(1)
                .first());
        return last == null ? 0 : last.getNumber(MongoStates.ID).longValue();
    }

    /** A kind has another name, and its numbers go on. */
    void rename(String kind, String newName) {
        BsonDocument last = link.ask(() -> link.collection(SEQUENCES)
                .find(Filters.eq(MongoStates.ID, kind))
                .first());
        if (last != null) {
            raise(newName, last.getNumber(LAST).longValue());
        }
        taken.remove(kind);
    }

    /** A number that somebody chose is given to nobody else, nor one below it. */
    void raise(String kind, long number) {
        if (number <= taken.getOrDefault(kind, 0L)) {
            return;
        }
        link.write(() -> link.collection(SEQUENCES)
                .updateOne(
                        Filters.eq(MongoStates.ID, kind), Updates.max(LAST, number), new UpdateOptions().upsert(true)));
        taken.merge(kind, number, Math::max);
    }
}

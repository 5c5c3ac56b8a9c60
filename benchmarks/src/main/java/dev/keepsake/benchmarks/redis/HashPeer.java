package dev.keepsake.benchmarks.redis;

import dev.keepsake.benchmarks.Data;
import dev.keepsake.benchmarks.Peer;
import dev.keepsake.benchmarks.RedisPlace;
import dev.keepsake.benchmarks.Row;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@link Hashes} by hand: what is asked, whatever the driver that asks it. */
abstract class HashPeer implements Peer<RedisPlace> {
    /** The members of a set. */
    abstract Set<String> members(String key);

    /** The releases of some ids. */
    abstract List<Row> rows(Collection<String> ids) throws Exception;

    /** The weight of the release of an id. */
    abstract long weightOf(long id);

    /** Writes the sizes of releases anew, so much greater; gives how many they are. */
    abstract long grow(List<Row> rows, int by) throws Exception;

    @Override
    public final Timed loadTracked(Data data) {
        return () -> Hashes.weigh(rows(members(Hashes.RELEASES)));
    }

    @Override
    public final Timed loadReadOnly(Data data) {
        return loadTracked(data);
    }

    @Override
    public final Timed getById(Data data) {
        return data.oneByOne(this::weightOf);
    }

    @Override
    public final Timed query(Data data) {
        List<String> projects = data.projects();
        return () -> {
            long sum = 0;
            for (String project : projects) {
                Set<String> ids = members(Hashes.releasesOf(project));
                sum += Data.latest(rows(ids).stream()).mapToLong(Row::weight).sum();
            }
            return sum;
        };
    }

    @Override
    public final Timed flush(Data data) {
        List<Row> changed = data.changed();
        return () -> grow(changed, 1);
    }

    @Override
    public final Optional<Timed> update(Data data) {
        return Optional.of(() -> grow(data.rows(), Data.GROWTH));
    }
}

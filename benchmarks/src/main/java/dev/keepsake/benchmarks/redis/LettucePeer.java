package dev.keepsake.benchmarks.redis;

import dev.keepsake.benchmarks.Data;
import dev.keepsake.benchmarks.RedisPlace;
import dev.keepsake.benchmarks.Row;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Lettuce by hand, as {@link JedisPeer}: pipelines are flushed by hand on a connection of their own; threads share the other one.
 */
public final class LettucePeer extends HashPeer {
    private RedisClient client;
    private StatefulRedisConnection<String, String> single;
    private StatefulRedisConnection<String, String> many;

    @Override
    public String name() {
        return "Lettuce";
    }

    @Override
    public void open(RedisPlace place) {
        client = RedisClient.create(place.uri().toString());
        single = client.connect();
        many = client.connect();
        many.setAutoFlushCommands(false);
    }

    /** The answers to the one command that is sent for each of many, and beside which others may be. */
    private <T, R> List<R> pipelined(
            Collection<T> all, BiFunction<RedisAsyncCommands<String, String>, T, RedisFuture<R>> commands)
            throws Exception {
        List<R> answers = new ArrayList<>(all.size());
        List<RedisFuture<R>> waiting = new ArrayList<>(Data.BATCH);
        for (T each : all) {
            waiting.add(commands.apply(many.async(), each));
            if (waiting.size() == Data.BATCH) {
                take(waiting, answers);
            }
        }
        take(waiting, answers);
        return answers;
    }

    private <R> void take(List<RedisFuture<R>> waiting, List<R> answers) throws Exception {
        many.flushCommands();
        for (RedisFuture<R> each : waiting) {
            answers.add(each.get());
        }
        waiting.clear();
    }

    @Override
    public Timed insert(Data data) {
        List<String> projects = data.projects();
        List<Row> rows = data.rows();
        return () -> {
            pipelined(projects, (redis, project) -> {
                redis.hset(Hashes.project(project), Hashes.of(project));
                return redis.sadd(Hashes.PROJECTS, project);
            });
            return pipelined(rows, (redis, row) -> {
                        String id = Long.toString(row.id());
                        redis.hset(Hashes.release(id), Hashes.of(row));
                        redis.sadd(Hashes.RELEASES, id);
                        return redis.sadd(Hashes.releasesOf(row.project()), id);
                    })
                    .size();
        };
    }

    private static Row row(List<KeyValue<String, String>> values) {
        List<String> row = new ArrayList<>(values.size());
        for (KeyValue<String, String> each : values) {
            row.add(each.getValue());
        }
        return Hashes.row(row);
    }

    @Override
    Set<String> members(String key) {
        return single.sync().smembers(key);
    }

    @Override
    List<Row> rows(Collection<String> ids) throws Exception {
        List<Row> rows = new ArrayList<>(ids.size());
        for (List<KeyValue<String, String>> each :
                pipelined(ids, (redis, id) -> redis.hmget(Hashes.release(id), Hashes.fields()))) {
            rows.add(row(each));
        }
        return rows;
    }

    @Override
    long weightOf(long id) {
        String key = Hashes.release(Long.toString(id));
        return row(single.sync().hmget(key, Hashes.fields())).weight();
    }

    @Override
    public Optional<Timed> getByThreads(Data data) {
        return Optional.of(() -> data.sumByThreads(this::weightOf));
    }

    @Override
    public Timed parents(Data data) {
        return () -> {
            Set<String> projects = members(Hashes.PROJECTS);
            List<String> ids = new ArrayList<>();
            for (Set<String> children : pipelined(projects, (redis, project) -> {
                redis.hmget(Hashes.project(project), "id", "license");
                return redis.smembers(Hashes.releasesOf(project));
            })) {
                ids.addAll(children);
            }
            return Hashes.weigh(projects, rows(ids));
        };
    }

    @Override
    long grow(List<Row> rows, int by) throws Exception {
        return pipelined(
                        rows,
                        (redis, row) -> redis.hset(
                                Hashes.release(Long.toString(row.id())), "size", Long.toString(row.size() + by)))
                .size();
    }

    @Override
    public void close() {
        client.shutdown();
    }
}

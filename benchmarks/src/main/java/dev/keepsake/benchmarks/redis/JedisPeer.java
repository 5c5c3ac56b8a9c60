package dev.keepsake.benchmarks.redis;

import dev.keepsake.benchmarks.Data;
import dev.keepsake.benchmarks.RedisPlace;
import dev.keepsake.benchmarks.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;

/**
 * Jedis by hand: {@link Hashes}, pipelines of {@link Data#BATCH} objects on one connection, for threads a pool; without transactions,
 * and without asking whether an object is there.
 */
public final class JedisPeer extends HashPeer {
    private static final int CONNECTIONS = 8;

    private Jedis jedis;
    private RedisClient pool;

    @Override
    public String name() {
        return "Jedis";
    }

    @Override
    public void open(RedisPlace place) {
        jedis = new Jedis(place.uri());
        ConnectionPoolConfig size = new ConnectionPoolConfig();
        size.setMaxTotal(CONNECTIONS);
        size.setMaxIdle(CONNECTIONS);
        pool = RedisClient.builder().fromURI(place.uri()).poolConfig(size).build();
    }

    /** What is put into a pipeline for each of many. */
    private interface Commands<T> {
        void add(Pipeline pipeline, T each);
    }

    private <T> void pipelined(Collection<T> all, Commands<T> commands) {
        Pipeline pipeline = jedis.pipelined();
        int waiting = 0;
        for (T each : all) {
            commands.add(pipeline, each);
            if (++waiting == Data.BATCH) {
                pipeline.sync();
                waiting = 0;
            }
        }
        pipeline.sync();
    }

    @Override
    public Timed insert(Data data) {
        List<String> projects = data.projects();
        List<Row> rows = data.rows();
        return () -> {
            pipelined(projects, (pipeline, project) -> {
                pipeline.hset(Hashes.project(project), Hashes.of(project));
                pipeline.sadd(Hashes.PROJECTS, project);
            });
            pipelined(rows, (pipeline, row) -> {
                String id = Long.toString(row.id());
                pipeline.hset(Hashes.release(id), Hashes.of(row));
                pipeline.sadd(Hashes.RELEASES, id);
                pipeline.sadd(Hashes.releasesOf(row.project()), id);
            });
            return rows.size();
        };
    }

    @Override
    Set<String> members(String key) {
        return jedis.smembers(key);
    }

    @Override
    List<Row> rows(Collection<String> ids) {
        List<Response<List<String>>> found = new ArrayList<>(ids.size());
        pipelined(ids, (pipeline, id) -> found.add(pipeline.hmget(Hashes.release(id), Hashes.fields())));
        List<Row> rows = new ArrayList<>(found.size());
        for (Response<List<String>> each : found) {
            rows.add(Hashes.row(each.get()));
        }
        return rows;
    }

    @Override
    long weightOf(long id) {
        String key = Hashes.release(Long.toString(id));
        return Hashes.row(jedis.hmget(key, Hashes.fields())).weight();
    }

    @Override
    public Optional<Timed> getByThreads(Data data) {
        return Optional.of(() -> data.sumByThreads(id -> {
            String key = Hashes.release(Long.toString(id));
            return Hashes.row(pool.hmget(key, Hashes.fields())).weight();
        }));
    }

    @Override
    public Timed parents(Data data) {
        return () -> {
            Set<String> projects = members(Hashes.PROJECTS);
            List<Response<Set<String>>> children = new ArrayList<>();
            pipelined(projects, (pipeline, project) -> {
                pipeline.hmget(Hashes.project(project), "id", "license");
                children.add(pipeline.smembers(Hashes.releasesOf(project)));
            });
            List<String> ids = new ArrayList<>();
            children.forEach(each -> ids.addAll(each.get()));
            return Hashes.weigh(projects, rows(ids));
        };
    }

    @Override
    long grow(List<Row> rows, int by) {
        pipelined(
                rows,
                (pipeline, row) ->
                        pipeline.hset(Hashes.release(Long.toString(row.id())), "size", Long.toString(row.size() + by)));
        return rows.size();
    }

    @Override
    public void close() {
        jedis.close();
        pool.close();
    }
}

package dev.keepsake.benchmarks.spring;

import dev.keepsake.benchmarks.Data;
import dev.keepsake.benchmarks.Peer;
import dev.keepsake.benchmarks.RedisPlace;
import dev.keepsake.benchmarks.Row;
import io.lettuce.core.RedisURI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisKeyValueAdapter;
import org.springframework.data.redis.core.RedisKeyValueTemplate;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.convert.MappingRedisConverter;
import org.springframework.data.redis.core.mapping.RedisMappingContext;
import org.springframework.data.redis.repository.support.RedisRepositoryFactory;

/**
 * Spring Data's repositories on Redis, by Lettuce, as its manual sets them up: objects are saved one by one, also by saveAll, and a
 * change is a save of the whole. Conditions are equality alone, so the caller does the rest of a query.
 */
public final class SpringPeer implements Peer<RedisPlace> {
    private LettuceConnectionFactory connections;
    private RedisKeyValueAdapter adapter;
    private Projects projects;
    private Releases releases;

    @Override
    public String name() {
        return "Spring Data Redis";
    }

    @Override
    public void open(RedisPlace place) throws Exception {
        RedisURI uri = RedisURI.create(place.uri());
        RedisConfiguration configuration = LettuceConnectionFactory.createRedisConfiguration(uri);
        connections = new LettuceConnectionFactory(configuration);
        connections.afterPropertiesSet();
        connections.start();
        RedisTemplate<byte[], byte[]> template = new RedisTemplate<>();
        template.setConnectionFactory(connections);
        template.setEnableDefaultSerializer(false);
        template.afterPropertiesSet();
        RedisMappingContext mapping = new RedisMappingContext();
        mapping.setInitialEntitySet(Set.of(Project.class, Release.class));
        mapping.afterPropertiesSet();
        MappingRedisConverter converter = new MappingRedisConverter(mapping);
        converter.afterPropertiesSet();
        adapter = new RedisKeyValueAdapter(template, converter);
        adapter.afterPropertiesSet();
        RedisRepositoryFactory factory = new RedisRepositoryFactory(new RedisKeyValueTemplate(adapter, mapping));
        projects = factory.getRepository(Projects.class);
        releases = factory.getRepository(Releases.class);
    }

    @Override
    public Timed insert(Data data) {
        List<Project> parents =
                data.projects().stream().map(id -> new Project(id, "MIT")).toList();
        List<Release> children = data.rows().stream().map(Release::new).toList();
        return () -> {
            projects.saveAll(parents);
            return releases.saveAll(children).size();
        };
    }

    private static long weigh(List<Release> releases) {
        long sum = 0;
        for (Release release : releases) {
            sum += release.weight();
        }
        return sum;
    }

    @Override
    public Timed loadTracked(Data data) {
        return () -> weigh(releases.findAll());
    }

    @Override
    public Timed loadReadOnly(Data data) {
        return loadTracked(data);
    }

    private long weightOf(long id) {
        return releases.findById(id).orElseThrow().weight();
    }

    @Override
    public Timed getById(Data data) {
        return data.oneByOne(this::weightOf);
    }

    @Override
    public Optional<Timed> getByThreads(Data data) {
        return Optional.of(() -> data.sumByThreads(this::weightOf));
    }

    @Override
    public Timed parents(Data data) {
        return () -> {
            long sum = 0;
            for (Project project : projects.findAll()) {
                sum += weigh(releases.findByProject(project.id()));
            }
            return sum;
        };
    }

    @Override
    public Timed query(Data data) {
        List<String> ids = data.projects();
        return () -> {
            long sum = 0;
            for (String project : ids) {
                sum += Data.latest(releases.findByProject(project).stream().map(Release::row))
                        .mapToLong(Row::weight)
                        .sum();
            }
            return sum;
        };
    }

    private static List<Release> grown(List<Row> rows, int by) {
        List<Release> grown = new ArrayList<>();
        for (Row row : rows) {
            Release release = new Release(row);
            release.grow(by);
            grown.add(release);
        }
        return grown;
    }

    @Override
    public Timed flush(Data data) {
        List<Release> changed = grown(data.changed(), 1);
        return () -> releases.saveAll(changed).size();
    }

    @Override
    public Optional<Timed> update(Data data) {
        List<Release> changed = grown(data.rows(), Data.GROWTH);
        return Optional.of(() -> releases.saveAll(changed).size());
    }

    @Override
    public void close() throws Exception {
        adapter.destroy();
        connections.destroy();
    }
}

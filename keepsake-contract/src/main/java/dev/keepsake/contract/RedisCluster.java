package dev.keepsake.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A Redis Cluster for tests: three masters and a replica of each, six durable servers on 127.0.0.1. {@link Servers}
 * starts it ("Scaling with Redis Cluster" of Redis' manual, by its commands instead of {@code redis-cli}).
 *
 * <p>Nodes are counted from 0: 0 to 2 are masters at first, 3 to 5 their replicas in this order. A killed master's
 * replica takes its place after a few seconds; {@link #await} waits for it.
 *
 * <p>Thread-safe. Whatever fails throws {@link IllegalStateException} with the server's error. It has one database, and
 * gives no places: who uses it empties it.
 */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int NODES = 2 * MASTERS;
    private static final int SLOTS = 16_384;
    private static final int FIRST_SLOT_FIELD = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String[] OPTIONS = {
        "--cluster-enabled", "yes",
        "--cluster-node-timeout", "2000",
        "--masteruser", ServerProgram.USER,
        "--masterauth", ServerProgram.PASSWORD,
        "--repl-diskless-sync-delay", "0"
    };

    private final List<RedisServer> nodes = new ArrayList<>();
    private final Set<RedisServer> killed = new HashSet<>();

    private RedisCluster() {}

    static RedisCluster start() {
        RedisCluster cluster = new RedisCluster();
        try {
            RedisProgram program = RedisProgram.find().with(OPTIONS);
            for (int node = 0; node < NODES; node++) {
                cluster.nodes.add(RedisServer.start(program, true));
            }
            cluster.join();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** The URL of the first node that was not killed, {@code redis://user:password@host:port}. */
    public synchronized String url() {
        Running.usedServer(version());
        return running().getFirst().address(0).serverUrl();
    }

    /** The ports of its nodes, also of killed ones. */
    public List<Integer> ports() {
        return nodes.stream().map(RedisServer::port).toList();
    }

    /** What its nodes say that they are, such as {@code Redis 7.0.15}. */
    public synchronized String version() {
        return running().getFirst().version();
    }

    /**
     * Sends one command to the node with this port, and gives the reply as {@link RedisServer#command} does. Where
     * another node has the key, the reply is an error that begins with {@code MOVED}.
     */
    public String command(int port, String... words) {
        RedisServer node = nodes.stream()
                .filter(candidate -> candidate.port() == port)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node has port " + port));
        return ask(node, words);
    }

    // ---- harm

    /** Kills a node that was a master at first, 0 to 2, with SIGKILL, and does not wait for what its replica does. */
    public synchronized void killMaster(int master) {
        RedisServer node = master(master);
        node.kill();
        killed.add(node);
    }

    /** Starts a killed node again, which becomes a replica if its own has taken its place, and does not wait for that. */
    public synchronized void restartMaster(int master) {
        RedisServer node = master(master);
        node.restart();
        killed.remove(node);
    }

    /** Waits until all nodes that run say that the cluster is well, and agree on its masters, which run. */
    public synchronized void await() {
        awaitThat("a cluster that is well", () -> running().stream().allMatch(RedisCluster::isWell) && isAgreed());
    }

    /** Ends its servers and deletes their data. */
    @Override
    public synchronized void close() {
        nodes.forEach(RedisServer::close);
    }

    private RedisServer master(int master) {
        if (master < 0 || master >= MASTERS) {
            throw new IllegalArgumentException("expected a master from 0 to " + (MASTERS - 1) + ", was " + master);
        }
        return nodes.get(master);
    }

    // ---- how it comes to be

    private void join() {
        for (int node = 0; node < NODES; node++) {
            ask(nodes.get(node), "CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(node + 1));
        }
        for (int master = 0; master < MASTERS; master++) {
            ask(nodes.get(master), slotsOf(master));
        }
        for (RedisServer node : nodes) {
            meetAll(node);
        }
        awaitAll("nodes that know each other", RedisCluster::knowsAll);
        for (int master = 0; master < MASTERS; master++) {
            String id = ask(nodes.get(master), "CLUSTER", "MYID");
            ask(nodes.get(MASTERS + master), "CLUSTER", "REPLICATE", id);
        }
        awaitAll("nodes that know all replicas", RedisCluster::knowsReplicas);
        await();
    }

    private static String[] slotsOf(int master) {
        IntStream slots = IntStream.range(SLOTS * master / MASTERS, SLOTS * (master + 1) / MASTERS);
        return Stream.concat(Stream.of("CLUSTER", "ADDSLOTS"), slots.mapToObj(String::valueOf))
                .toArray(String[]::new);
    }

    private void meetAll(RedisServer node) {
        for (RedisServer other : nodes) {
            if (other != node) {
                ask(node, "CLUSTER", "MEET", other.host(), String.valueOf(other.port()));
            }
        }
    }

    // ---- what nodes say

    private static boolean knowsAll(RedisServer node) {
        List<String> known = known(node).toList();
        return known.size() == NODES && known.stream().noneMatch(line -> line.contains("handshake"));
    }

    private static boolean knowsReplicas(RedisServer node) {
        return known(node).filter(line -> line.split(" ")[2].contains("slave")).count() == NODES - MASTERS;
    }

    private static boolean isWell(RedisServer node) {
        boolean isOk =
                RedisServer.field(ask(node, "CLUSTER", "INFO"), "cluster_state").equals("ok");
        String link = node.info("replication", "master_link_status");
        return isOk && (link.isEmpty() || link.equals("up"));
    }

    private boolean isAgreed() {
        Map<Integer, String> owners = owners(running().getFirst());
        return running().stream().allMatch(node -> owners(node).equals(owners))
                && killed.stream().noneMatch(node -> owners.containsKey(node.port()));
    }

    /** Which slots a node takes each port to have, where it has some. */
    private static Map<Integer, String> owners(RedisServer node) {
        return known(node)
                .map(line -> line.split(" ", FIRST_SLOT_FIELD + 1))
                .filter(fields -> fields.length > FIRST_SLOT_FIELD)
                .collect(Collectors.toMap(fields -> port(fields[1]), fields -> fields[FIRST_SLOT_FIELD]));
    }

    /** The port in {@code address:port@bus}. */
    private static int port(String address) {
        return Integer.parseInt(address.replaceFirst("^.*:(\\d+)@.*$", "$1"));
    }

    private static Stream<String> known(RedisServer node) {
        return ask(node, "CLUSTER", "NODES").lines();
    }

    private static String ask(RedisServer node, String... words) {
        return node.address(0).ask(words);
    }

    private List<RedisServer> running() {
        return nodes.stream().filter(node -> !killed.contains(node)).toList();
    }

    private void awaitAll(String what, Predicate<RedisServer> condition) {
        awaitThat(what, () -> nodes.stream().allMatch(condition));
    }

    private static void awaitThat(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("waited in vain for " + what);
            }
            ServerProcess.pause();
        }
    }
}

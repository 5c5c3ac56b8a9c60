package dev.keepsake.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is measured, in this order, and what must come out. */
enum Operation {
    LOAD("mass load", Peer::load, Data::size),
    COPY("mass load by COPY", Peer::load, Data::size) {
        @Override
        Optional<Peer.Timed> prepare(Peer<?> peer, Data data) throws Exception {
            return peer.copy(data);
        }
    },
    INSERT("insert", Peer::insert, Data::size),
    LOAD_TRACKED("load all, tracked", Peer::loadTracked, Operation::all),
    LOAD_READ_ONLY("load all, read only", Peer::loadReadOnly, Operation::all),
    GET("get by id", Peer::getById, Operation::some),
    GET_BY_THREADS("get by id, 16 virtual threads", Peer::getById, Operation::some) {
        @Override
        Optional<Peer.Timed> prepare(Peer<?> peer, Data data) throws Exception {
            return peer.getByThreads(data);
        }
    },
    PARENTS("parents with children", Peer::parents, Operation::all),
    QUERY("query, 20 of 200", Peer::query, Operation::latest),
    FLUSH("dirty flush, a tenth changed", Peer::flush, Operation::changed),
    UPDATE("update, all changed", Peer::flush, Data::size) {
        @Override
        Optional<Peer.Timed> prepare(Peer<?> peer, Data data) throws Exception {
            return peer.update(data);
        }
    };

    /** Readies an operation. */
    interface Preparation {
        Peer.Timed prepare(Peer<?> peer, Data data) throws Exception;
    }

    /** What an operation must give. */
    interface Expectation {
        long of(Data data);
    }

    final String title;
    private final Preparation preparation;
    private final Expectation expectation;

    Operation(String title, Preparation preparation, Expectation expectation) {
        this.title = title;
        this.preparation = preparation;
        this.expectation = expectation;
    }

    /** Whether it begins with empty tables, rather than with what {@link #INSERT} wrote. */
    boolean beginsEmpty() {
        return compareTo(INSERT) <= 0;
    }

    /** Readies it; empty where the peer does no such thing. */
    Optional<Peer.Timed> prepare(Peer<?> peer, Data data) throws Exception {
        return Optional.of(preparation.prepare(peer, data));
    }

    long expected(Data data) {
        return expectation.of(data);
    }

    /** The sum of sizes that is in the database afterwards. */
    long stored(Data data) {
        long before = data.rows().stream().mapToLong(Row::size).sum();
        return switch (this) {
            case FLUSH -> before + changed(data);
            case UPDATE -> before + (long) Data.GROWTH * data.size();
            default -> before;
        };
    }

    private static long all(Data data) {
        return data.rows().stream().mapToLong(Row::weight).sum();
    }

    private static long some(Data data) {
        long sum = 0;
        for (long id : data.someIds()) {
            sum += data.rows().get((int) id - 1).weight();
        }
        return sum;
    }

    private static long latest(Data data) {
        Map<String, List<Row>> found = new LinkedHashMap<>();
        for (Row row : data.rows()) {
            found.computeIfAbsent(row.project(), project -> new ArrayList<>()).add(row);
        }
        return found.values().stream()
                .flatMap(rows -> Data.latest(rows.stream()))
                .mapToLong(Row::weight)
                .sum();
    }

    private static long changed(Data data) {
        return (data.size() + Data.CHANGED - 1) / Data.CHANGED;
    }
}

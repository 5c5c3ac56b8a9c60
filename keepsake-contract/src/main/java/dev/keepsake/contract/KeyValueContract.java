package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keepsake.fault.Problem;
import dev.keepsake.keyvalue.KeyValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What key-value access promises on every store, be it native or over States. */
public abstract class KeyValueContract extends RandomSessionSuite {
    private static final int THREADS = 8;
    private static final Duration AN_HOUR = Duration.ofHours(1);
    private static final Duration SHORTLY = Duration.ofMillis(300);

    private KeyValue<byte[]> bytes = unopenedBytes();
    private KeyValue<String> text = unopenedText();

    /** For the tests of stores. */
    protected KeyValueContract() {}

    @SuppressWarnings("NullAway") // opened before each test
    private static KeyValue<byte[]> unopenedBytes() {
        return null;
    }

    @SuppressWarnings("NullAway") // opened before each test
    private static KeyValue<String> unopenedText() {
        return null;
    }

    @BeforeEach
    final void openKeyValue() {
        bytes = KeyValue.on(store);
        text = bytes.text();
    }

    @Test
    @Row("S1-81")
    void keysAreThoseThatHoldSomething() {
        assertThat(text.keys()).isEmpty();

        text.set("a_key", "my value");

        assertThat(text.keys()).containsExactly("a_key");
    }

    @Test
    @Row("S1-81")
    void keysAreFoundByPatterns() {
        List.of("hallo", "hello", "hxllo", "heello", "h*llo", "other", "H\u00e9llo")
                .forEach(key -> text.set(key, "x"));

        assertThat(text.keys("h?llo")).containsExactly("h*llo", "hallo", "hello", "hxllo");
        assertThat(text.keys("h*llo")).containsExactly("h*llo", "hallo", "heello", "hello", "hxllo");
        assertThat(text.keys("h[ae]llo")).containsExactly("hallo", "hello");
        assertThat(text.keys("h[^ae]llo")).containsExactly("h*llo", "hxllo");
        assertThat(text.keys("h[a-e]llo")).containsExactly("hallo", "hello");
        assertThat(text.keys("h\\*llo")).containsExactly("h*llo");
        assertThat(text.keys("H?llo")).containsExactly("H\u00e9llo");
        assertThat(text.keys("nothing*")).isEmpty();
        assertThat(refused(Problem.REQUEST_INVALID, () -> text.keys("x[a-")).sentence())
                .contains("x[a-");
        assertThat(text.keys("h[e-a]llo")).as("turned round").containsExactly("hallo", "hello");
        assertThat(text.keys("h[\\a]llo")).as("as it is").containsExactly("hallo");
        assertThat(text.keys("[^]*")).as("anything").hasSize(7);
        assertThat(text.keys()).hasSize(7).isSorted();
    }

    @Test
    @Row("S1-82")
    void aValueIsReplacedAndItsOldExpiryForgotten() {
        text.set("a_key", "first", AN_HOUR);
        text.set("a_key", "my value");

        assertThat(text.get("a_key")).contains("my value");
        assertThat(text.ttl("a_key")).isEmpty();
    }

    @Test
    @Row("S1-83")
    void bytesComeBackAsTheyAre() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        bytes.set("all", all);
        bytes.set("none", new byte[0]);
        bytes.text(StandardCharsets.ISO_8859_1).set("latin", "caf\u00e9");
        text.set("unicode", "\u20ac \ud83d\ude00");

        assertThat(bytes.get("all").orElseThrow()).isEqualTo(all);
        assertThat(bytes.get("none").orElseThrow()).isEmpty();
        assertThat(bytes.get("latin").orElseThrow()).containsExactly('c', 'a', 'f', 0xE9);
        assertThat(text.get("unicode")).contains("\u20ac \ud83d\ude00");
        refused(Problem.VALUE_REFUSED, () -> text.get("latin"));
        refused(
                Problem.VALUE_REFUSED,
                () -> bytes.text(StandardCharsets.US_ASCII).set("x", "\u20ac"));
        refused(Problem.VALUE_REFUSED, () -> text.set("x", "\ud800"));
    }

    @Test
    @Row("S1-84")
    void aKeyThatHoldsNothingIsEmpty() {
        assertThat(text.get("absent")).isEmpty();
        assertThat(text.exists("absent")).isFalse();
        assertThat(text.delete("absent")).isFalse();
        text.set("here", "x");
        assertThat(text.exists("here")).isTrue();
        assertThat(text.delete("here")).isTrue();
        assertThat(text.get("here")).isEmpty();
    }

    @Test
    @Row("S1-85")
    void countersStartAtNought() {
        assertThat(text.increment("counter")).isEqualTo(1);
        assertThat(text.increment("counter")).isEqualTo(2);
        assertThat(text.get("counter")).contains("2");
        assertThat(text.increment("counter", -5)).isEqualTo(-3);
        text.set("large", Long.toString(Long.MAX_VALUE - 1));
        assertThat(text.increment("large")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    @Row("S1-85")
    void whatIsNoCounterIsRefusedAndLeftAsItIs() {
        text.set("word", "one");
        text.set("plus", "+1");
        text.set("blank", " 1");
        text.set("large", Long.toString(Long.MAX_VALUE));
        text.pushRight("list", "1");

        for (String key : List.of("word", "plus", "blank")) {
            assertThat(refused(Problem.TYPE_MISMATCH, () -> text.increment(key)).sentence())
                    .contains(key)
                    .contains("not an integer or out of range");
        }
        refused(Problem.VALUE_REFUSED, () -> text.increment("large"));
        refused(Problem.TYPE_MISMATCH, () -> text.increment("list"));
        assertThat(text.get("word")).contains("one");
        assertThat(text.get("large")).contains(Long.toString(Long.MAX_VALUE));
    }

    @Test
    @Row("S1-85")
    void nothingIsLostOfACounterThatManyIncrement() throws Exception {
        int each = Scale.INCREMENTS.size();
        together(() -> {
            for (int i = 0; i < each; i++) {
                text.increment("counter");
            }
            return each;
        });

        assertThat(text.get("counter")).contains(Integer.toString(THREADS * each));
    }

    @Test
    @Row("S1-86")
    void elementsAreAddedAtTheEnd() {
        assertThat(text.pushRight("words", "one")).isEqualTo(1);
        assertThat(text.pushRight("words", "two")).isEqualTo(2);
        assertThat(text.pushRight("words", List.of("three", "four"))).isEqualTo(4);
        assertThat(text.range("words", 0, -1)).containsExactly("one", "two", "three", "four");

        text.set("value", "x");
        refused(Problem.TYPE_MISMATCH, () -> text.pushRight("value", "y"));
        refused(Problem.TYPE_MISMATCH, () -> text.get("words"));
        refused(Problem.REQUEST_INVALID, () -> text.pushRight("words", List.of()));
        assertThat(text.get("value")).contains("x");
    }

    @Test
    @Row({"S1-87", "S1-90"})
    void aRangeIncludesBothEndsAndOfWhatGoesBeyondThatWhichIsThere() {
        text.pushRight("words", List.of("zero", "one", "two", "three"));

        assertThat(text.range("words", 2, 2)).containsExactly("two");
        assertThat(text.range("words", 1, -2)).containsExactly("one", "two");
        assertThat(text.range("words", -2, -1)).containsExactly("two", "three");
        assertThat(text.range("words", -100, 1)).containsExactly("zero", "one");
        assertThat(text.range("words", 3, 100)).containsExactly("three");
        assertThat(text.range("words", 4, 100)).isEmpty();
        assertThat(text.range("words", 2, 1)).isEmpty();
        assertThat(text.range("absent", 0, -1)).isEmpty();
    }

    @Test
    @Row("S1-88")
    void aListThatIsNotThereHasNoLength() {
        assertThat(text.length("words")).isZero();
        text.pushRight("words", List.of("one", "two", "three"));
        assertThat(text.length("words")).isEqualTo(3);
        text.set("value", "x");
        refused(Problem.TYPE_MISMATCH, () -> text.length("value"));
    }

    @Test
    @Row("S1-89")
    void elementsAreAddedAtTheStart() {
        text.pushRight("words", List.of("one", "two", "three"));

        assertThat(text.pushLeft("words", "zero")).isEqualTo(4);
        assertThat(text.pushLeft("words", List.of("minus one", "minus two"))).isEqualTo(6);

        assertThat(text.range("words", 0, -1)).containsExactly("minus two", "minus one", "zero", "one", "two", "three");
    }

    @Test
    @Row("S1-91")
    void anElementIsFoundByItsPosition() {
        text.pushRight("words", List.of("zero", "one", "two"));

        assertThat(text.index("words", 1)).contains("one");
        assertThat(text.index("words", -1)).contains("two");
        assertThat(text.index("words", 3)).isEmpty();
        assertThat(text.index("words", -4)).isEmpty();
        assertThat(text.index("absent", 0)).isEmpty();
    }

    @Test
    @Row("S1-89")
    void elementsAreTakenFromBothEnds() {
        text.pushRight("words", List.of("one", "two", "three"));

        assertThat(text.popLeft("words")).contains("one");
        assertThat(text.popRight("words")).contains("three");
        assertThat(text.popRight("words")).contains("two");
        assertThat(text.popRight("words")).isEmpty();
        assertThat(text.exists("words")).isFalse();
    }

    @Test
    @Row({"S1-92", "N-02"})
    void aValueLivesAsLongAsItIsGiven() {
        text.set("timed", "10 seconds", Duration.ofSeconds(10));

        assertThat(text.get("timed")).contains("10 seconds");
        assertThat(text.ttl("timed").orElseThrow()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
        for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(1_000_000))) {
            refused(Problem.REQUEST_INVALID, () -> text.set("timed", "x", none));
            refused(Problem.REQUEST_INVALID, () -> text.expire("timed", none));
        }
        assertThat(text.get("timed")).contains("10 seconds");
    }

    @Test
    @Row({"S1-93", "N-02"})
    void theTimeThatIsLeftFalls() {
        text.set("timed", "x", AN_HOUR);
        text.set("always", "x");
        Duration first = text.ttl("timed").orElseThrow();

        Await.until(() -> text.ttl("timed").orElseThrow().compareTo(first) < 0);
        assertThat(text.ttl("always")).isEmpty();
        refused(Problem.KEY_MISSING, () -> text.ttl("absent"));
    }

    @Test
    @Row("S1-94")
    void whatIsOverIsGone() {
        text.set("timed", "x", SHORTLY);
        text.pushRight("list", "x");
        text.increment("counter", 7);
        text.set("always", "x");
        assertThat(text.expire("list", SHORTLY)).isTrue();
        assertThat(text.expire("counter", SHORTLY)).isTrue();
        assertThat(text.expire("absent", SHORTLY)).isFalse();

        Await.until(() -> text.keys().equals(List.of("always")));
        assertThat(text.get("timed")).isEmpty();
        assertThat(text.exists("timed")).isFalse();
        assertThat(text.length("list")).isZero();
        refused(Problem.KEY_MISSING, () -> text.ttl("timed"));
        assertThat(text.setIfAbsent("timed", "again")).isTrue();
        assertThat(text.ttl("timed")).isEmpty();
        assertThat(text.pushRight("list", "new")).isEqualTo(1);
        assertThat(text.increment("counter")).isEqualTo(1);
    }

    @Test
    @Row("S1-94")
    void lifeIsChangedAndKeptByWhatChangesAValue() {
        text.set("timed", "1", AN_HOUR);
        text.increment("timed");
        assertThat(text.ttl("timed")).isPresent();
        assertThat(text.persist("timed")).isTrue();
        assertThat(text.ttl("timed")).isEmpty();
        assertThat(text.persist("timed")).isTrue();
        assertThat(text.persist("absent")).isFalse();
    }

    @Test
    @Row("S1-82")
    void onlyTheFirstSetsWhatIsAbsent() throws Exception {
        List<Boolean> set =
                together(() -> text.setIfAbsent("lock", Thread.currentThread().getName(), AN_HOUR));

        assertThat(set).containsOnlyOnce(true);
    }

    @Test
    @Row("S1-86")
    void nothingIsLostOfAListThatManyPush() throws Exception {
        int each = Scale.PUSHES.size();
        together(() -> {
            for (int i = 0; i < each; i++) {
                text.pushRight("queue", Integer.toString(i));
            }
            return each;
        });

        assertThat(text.length("queue")).isEqualTo((long) THREADS * each);
        List<Integer> taken = together(() -> {
            int count = 0;
            while (text.popLeft("queue").isPresent()) {
                count++;
            }
            return count;
        });
        assertThat(taken.stream().mapToInt(Integer::intValue).sum()).isEqualTo(THREADS * each);
    }

    @Test
    @Row("S1-97")
    void aValueIsLoadedOnceHoweverManyAskForIt() throws Exception {
        AtomicInteger loads = new AtomicInteger();

        List<String> loaded = together(() -> text.getOrLoad("page", AN_HOUR, () -> {
            loads.incrementAndGet();
            Await.aMoment();
            return "rendered";
        }));

        assertThat(loaded).containsOnly("rendered");
        assertThat(loads).hasValue(1);
        assertThat(text.ttl("page")).isPresent();
        assertThat(text.getOrLoad("page", AN_HOUR, () -> "again")).isEqualTo("rendered");
    }

    @Test
    @Row("S1-97")
    void aLoaderThatFailsLeavesNothing() {
        assertThatThrownBy(() -> text.getOrLoad("page", AN_HOUR, () -> {
                    throw new IllegalStateException("no page");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no page");
        assertThat(text.exists("page")).isFalse();
        assertThat(text.getOrLoad("page", AN_HOUR, () -> "rendered")).isEqualTo("rendered");
    }

    @Test
    @Row("S1-97")
    void aLoaderThatAsksForItsOwnKeyIsRefused() {
        refused(
                Problem.REQUEST_INVALID,
                () -> text.getOrLoad("page", AN_HOUR, () -> text.getOrLoad("page", AN_HOUR, () -> "inner")));
        assertThat(text.exists("page")).isFalse();
    }

    @Test
    void keysAreTextOfLimitedLength() {
        String longest = "k".repeat(KeyValue.LONGEST_KEY - 1) + "\ud83d\ude00";
        text.set(longest, "x");
        assertThat(text.get(longest)).contains("x");
        refused(Problem.REQUEST_INVALID, () -> text.set(longest + "k", "x"));
        refused(Problem.REQUEST_INVALID, () -> text.get(""));
        refused(Problem.VALUE_REFUSED, () -> text.get("\ud800"));
        text.set("Key", "upper");
        text.set("key", "lower");
        text.set("key ", "blank");
        assertThat(Optional.of("upper lower blank"))
                .contains(String.join(
                        " ",
                        text.get("Key").orElseThrow(),
                        text.get("key").orElseThrow(),
                        text.get("key ").orElseThrow()));
    }

    // ---- several at once

    private static <T> List<T> together(Callable<T> work) throws InterruptedException, ExecutionException {
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<T>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                all.add(threads.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            start.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> each : all) {
                results.add(each.get());
            }
            return results;
        }
    }
}

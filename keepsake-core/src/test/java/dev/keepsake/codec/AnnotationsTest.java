package dev.keepsake.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Corrupt;
import dev.keepsake.fault.Invalid;
import dev.keepsake.schema.Generation;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Type;
import jakarta.persistence.Basic;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.Lob;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import jakarta.persistence.UniqueConstraint;
import jakarta.persistence.Version;
import java.awt.Point;
import java.io.File;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What annotations say, mappings by hand, and codecs where there are no annotations. */
final class AnnotationsTest {
    @Entity
    @Table(
            name = "releases",
            indexes = @jakarta.persistence.Index(name = "newest", columnList = "package_id, major DESC"),
            uniqueConstraints = @UniqueConstraint(columnNames = {"package_id", "major"}))
    static final class Release {
        @Id
        @GeneratedValue
        long key;

        @Column(name = "package_id", length = 40, nullable = false)
        String packageName;

        int major;

        @Column(precision = 12, scale = 2)
        BigDecimal price;

        @Column(scale = 3)
        BigDecimal weight;

        @Column(secondPrecision = 6, unique = true)
        Instant createdDate;

        @Basic(optional = false)
        @Enumerated(EnumType.STRING)
        Thread.State state;

        @Lob
        @Column(length = 1_000)
        String notes;

        @Transient
        Object left;

        @Version
        int counter;
    }

    @Test
    void annotationsAreHonoured() {
        Kind kind = Codecs.codec(Release.class).kind();
        Kind expected = Kind.named("releases")
                .required("key", Type.INTEGER)
                .id("key")
                .generated(Generation.IDENTITY)
                .required("package_id", new Type.Text(40))
                .required("major", new Type.Int(32))
                .field("price", Type.decimal(12, 2))
                .field("weight", Type.decimal(38, 3))
                .field("created_date", Type.instant(6))
                .required("state", Type.TEXT)
                .field("notes", Type.TEXT)
                .required("counter", new Type.Int(32))
                .version("counter")
                .index(Index.unique("releases_created_date_key", "created_date"))
                .index(Index.of("newest", "package_id", "-major"))
                .index(Index.unique("package_id_major_key", "package_id", "major"))
                .build();
        assertThat(kind).isEqualTo(expected);
    }

    record Pair(@Id long userId, @Id String packageId) {}

    @Test
    void anIdMayHaveSeveralMembers() {
        Codec<Pair> codec = Codecs.codec(Pair.class);
        assertThat(codec.kind().idOf(codec.encode(new Pair(7, "boto"))))
                .isEqualTo(dev.keepsake.value.Id.of("user_id", 7, "package_id", "boto"));
    }

    private static Mapping<Point> points() {
        return Mapping.of(Point.class)
                .named("spots")
                .id("x", int.class, point -> point.x)
                .field("y", int.class, point -> point.y)
                .field("label", String.class, point -> point.x == 0 ? null : "x" + point.x)
                .made(parts -> {
                    if (parts.get("y", int.class) > 9) {
                        throw new IllegalStateException("too high");
                    }
                    parts.find("label", String.class);
                    return new Point(parts.get("x", int.class), parts.get("y", Integer.class));
                });
    }

    @Test
    void aClassThatCannotBeTouchedIsMappedByHand() {
        Codec<Point> codec = Codecs.of(List.of(), List.of(points())).get(Point.class);
        assertThat(codec.kind().fields()).hasToString("[x integer(32) required, y integer(32) required, label text]");
        for (Point point : List.of(new Point(0, 1), new Point(2, -3))) {
            assertThat(codec.decode(codec.encode(point))).isEqualTo(point);
        }
        Kind kind = codec.kind();
        assertThat(refusal(codec, State.of(kind.shape(), 1L, 10L, null)))
                .contains("cannot decode spots 1: the constructor of Point refuses: too high");
        assertThat(refusal(codec, State.of(kind.shape(), 1L, null, null)))
                .contains("y: expected integer(32), was null");
        assertThat(refusal(codec, State.of(kind.shape(), 1L, "soon", null)))
                .contains("y: expected a whole number of 32 bits, was text soon");
        assertThatThrownBy(() -> Mapping.of(Point.class).field("date", Date.class, p -> null))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> Codecs.of(Pair.class).get(Point.class))
                .hasMessageContaining("is not part of the model");
    }

    private static String refusal(Codec<?> codec, State state) {
        return catchThrowableOfType(Corrupt.class, () -> codec.decode(state)).sentence();
    }

    /** Run by another Java machine, without the annotations on its class path. */
    static final class WithoutApi {
        record Plain(long id, String name) {}

        public static void main(String[] arguments) {
            try {
                Class.forName("jakarta.persistence.Id");
                throw new IllegalStateException("the annotations are there");
            } catch (ClassNotFoundException expected) {
                Codec<Plain> codec = Codecs.codec(Plain.class);
                System.out.println(codec.decode(codec.encode(new Plain(7, "x"))));
                System.out.println(Codecs.codec(Loose.class).kind());
            }
        }
    }

    /** Annotated, which nobody sees where the annotations are not there. */
    @Table(name = "elsewhere")
    record Loose(@Column(name = "key") long id) {}

    @Test
    void codecsWorkWithoutTheAnnotationsOnTheClassPath() throws Exception {
        String path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("jakarta.persistence"))
                .collect(Collectors.joining(File.pathSeparator));
        Process child = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx64m",
                        "-cp",
                        path,
                        WithoutApi.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).contains("Plain[id=7, name=x]").contains("loose[id integer required]");
    }
}

package dev.keepsake.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.PrePersist;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

final class ModelMistakesTest {
    private static String mistakes(Class<?>... types) {
        Invalid fault = catchThrowableOfType(Invalid.class, () -> Codecs.of(types));
        assertThat(fault).as("mistakes of %s", Arrays.toString(types)).isNotNull();
        assertThat(fault.problem()).isEqualTo(Problem.MODEL_INVALID);
        return fault.facts()
                .get("mistakes")
                .toString()
                .replace(ModelMistakesTest.class.getName() + "$", "")
                .strip();
    }

    @SuppressWarnings({"rawtypes", "ArrayRecordComponent"})
    record Odd(
            long id,
            Date date,
            OffsetDateTime offset,
            int[] array,
            List raw,
            HashMap<String, String> map,
            Map<Integer, String> keys,
            Runnable code,
            Thread thread,
            Box<String> box) {}

    record Box<T>(T content) {}

    record Nothing() {}

    static final class NoConstructor {
        long id;
        final String name;

        @ManyToOne
        String other;

        NoConstructor(String name) {
            this.name = name;
        }
    }

    static final class NoId {
        String name;
    }

    @Test
    void allMistakesOfAllClassesAreReportedInOneError() {
        assertThat(mistakes(
                                Odd.class,
                                Nothing.class,
                                NoConstructor.class,
                                NoId.class,
                                Runnable.class,
                                Thread.State.class)
                        .lines()
                        .map(String::strip))
                .contains(
                        "- Odd.date: java.util.Date cannot be kept: use Instant",
                        "- Odd.offset: java.time.OffsetDateTime cannot be kept: stores keep no offset; use Instant",
                        "- Odd.array: int[] cannot be kept: use a List, or byte[] for bytes",
                        "- Odd.raw: java.util.List cannot be kept: say of what, as in List<String>",
                        "- Odd.map: java.util.HashMap cannot be kept: use List, Set, Map or Optional",
                        "- Odd.keys: java.lang.Integer cannot be kept: the keys of a kept map are String or an enum",
                        "- Odd.code: Runnable is identified by several members or none: keep the parts of its id as members of their own",
                        "- Odd.box: Box cannot be kept: use List, Set, Map or Optional",
                        "- Nothing has nothing to keep",
                        "- NoConstructor has no constructor without arguments",
                        "- NoConstructor.name is final, so that it cannot be read back",
                        "- NoConstructor.other: it leads to other objects by its annotation, but java.lang.String is no class of the model: name that class when the model is built",
                        "- NoId has no id: name a member id, or annotate one with @Id",
                        "- java.lang.Runnable is no record and no class that objects are made of",
                        "- java.lang.Thread$State is no record and no class that objects are made of")
                .doesNotHaveDuplicates();
    }

    @Table(name = "t", schema = "s")
    static final class Annotated {
        @Id
        @GeneratedValue
        String id;

        @Enumerated
        Thread.State ordinal;

        @Column(length = 10)
        int number;

        @Column(precision = 50)
        BigDecimal wide;

        @Column(secondPrecision = 6)
        String text;

        @Column(columnDefinition = "clob", updatable = false)
        String fixed;

        @GeneratedValue
        int counted;

        @Version
        String version;

        @PrePersist
        void before() {}
    }

    @Test
    void annotationsThatCannotBeHonouredAreRefusedWithTheReason() {
        assertThat(mistakes(Annotated.class))
                .contains("Annotated: @Table(schema, catalog) is not honoured")
                .contains("Annotated.id cannot be generated: generated ids are whole numbers, UUIDs or ObjectIds")
                .contains("Annotated.ordinal: @Enumerated(ORDINAL) is not honoured")
                .contains("Annotated.number: @Column(length) is for text")
                .contains("Annotated.wide: decimals have 1 to 38 digits")
                .contains("Annotated.text: @Column(secondPrecision) is for times")
                .contains("Annotated.fixed: @Column(table, columnDefinition, options) is not honoured here")
                .contains("Annotated.fixed: @Column(insertable, updatable, check) is not honoured here")
                .contains("Annotated.counted: @GeneratedValue is for an @Id")
                .contains("Annotated.version: @Version is for a whole number")
                .contains(
                        "Annotated.before: @PrePersist on a method is not honoured: objects are not told when they are read");
    }

    record Left(long id, @Transient String left) {}

    record Holder(long id, Held held) {}

    @Entity
    record Held(@Id long key, @Column(unique = true) String name) {}

    static final class OnGetter {
        long id;

        @Column(name = "other")
        public long getId() {
            return id;
        }
    }

    @Test
    void annotationsThatWouldSayNothingAreRefused() {
        assertThat(mistakes(Left.class)).contains("Left.left is left out, but a record is made of all its components");
        assertThat(mistakes(Holder.class))
                .contains("Held.key: @Id says nothing where the class is kept inside another")
                .contains("Held.name: @Column(unique) says nothing");
        assertThat(mistakes(OnGetter.class)).contains("OnGetter.getId: @Column on a method is not honoured");
        assertThat(Codecs.codec(Held.class).kind().id()).containsExactly("key");
    }

    @Test
    void annotationsThatDoNotSuitTheirMemberAreRefusedWithTheReason() {
        assertThat(mistakes(Others.class))
                .contains("Others.id: only a class or record with members of its own is embedded")
                .contains(
                        "Others.many: it leads to other objects by its annotation, but java.util.List<java.lang.String>"
                                + " is no class of the model: name that class when the model is built")
                .contains("Others.converted: @Convert names no class that implements AttributeConverter")
                .contains(
                        "Others.keyed: @MapKey is not honoured here: the keys of a kept map are text or constants by name");
    }

    static final class Others {
        @jakarta.persistence.EmbeddedId
        long id;

        @jakarta.persistence.OneToMany
        List<String> many;

        @jakarta.persistence.Convert
        String converted;

        @jakarta.persistence.MapKey
        Map<String, String> keyed;
    }

    record Maybe(long id, Optional<Ref<Held>> reference, Map<String, List<Held>> map) {}

    @Test
    void referencesInsideOtherTypesAreRefused() {
        assertThat(mistakes(Maybe.class, Held.class))
                .contains("Maybe.reference: other objects are referred to by Ref<Other> or Other")
                .contains("Maybe.map: other objects are referred to by Ref<Other> or Other");
    }

    @Test
    void twoClassesOfOneNameAreRefused() {
        @Table(name = "other")
        record Same(long id) {}
        record Other(long id) {}
        assertThat(mistakes(Same.class, Other.class)).contains("are both kept as other");
    }

    @Test
    void aClassHasAtMost250Members() throws Exception {
        assertThat(Codecs.codec(Generated.record("Most", "int", 250)).kind().fields())
                .hasSize(250);
        assertThat(mistakes(Generated.record("More", "int", 251))).contains("More has more than 250 members");
        assertThat(mistakes(Generated.record("Long", "long", 127))).contains("long and double count twice");
        Class<?> wide = Generated.record("Wide", "long", 125);
        assertThat(survives(wide, 125)).isTrue();
    }

    private static <T> boolean survives(Class<T> type, int members) throws Exception {
        Codec<T> codec = Codecs.codec(type);
        Object[] values =
                IntStream.range(0, members).mapToObj(i -> (Object) (long) i).toArray();
        var constructor = type.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        T object = type.cast(constructor.newInstance(values));
        return codec.decode(codec.encode(object)).equals(object);
    }

    /** Classes compiled on the way, since nobody writes so many members by hand. */
    private static final class Generated {
        static Class<?> record(String name, String type, int members) throws Exception {
            String components = IntStream.range(0, members)
                    .mapToObj(i -> type + (i == 0 ? " id" : " m" + i))
                    .collect(Collectors.joining(", "));
            Path folder = Files.createTempDirectory("keepsake");
            Path source = folder.resolve(name + ".java");
            Files.writeString(source, "public record " + name + "(" + components + ") {}");
            int result = ToolProvider.getSystemJavaCompiler()
                    .run(null, null, null, "-proc:none", "-d", folder.toString(), source.toString());
            assertThat(result).isZero();
            return new URLClassLoader(new URL[] {folder.toUri().toURL()}).loadClass(name);
        }
    }
}

package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.ModelProvider;
import org.junit.jupiter.api.Test;

/** Classes that other jars bring to a model. */
@On("memory")
public final class ModelProviderTest {
    record Colour(String id, int red) {}

    record Half(String id) {}

    record Shape(String id, int corners) {}

    /** One that brings a class. */
    public static final class Colours implements ModelProvider {
        @Override
        public void addTo(Codecs.Builder model) {
            model.add(Colour.class);
        }
    }

    /** One that fails half way. */
    public static final class Broken implements ModelProvider {
        @Override
        public void addTo(Codecs.Builder model) {
            model.add(Half.class);
            throw new IllegalStateException("broken");
        }
    }

    /** One that comes after it. */
    public static final class Shapes implements ModelProvider {
        @Override
        public void addTo(Codecs.Builder model) {
            model.add(Shape.class);
        }
    }

    @Test
    @Row("MP-33")
    void whatOtherJarsProvideIsPartOfTheModelAndABrokenOneIsLeftOut() {
        Codecs codecs = Codecs.builder()
                .addProvided(ModelProviderTest.class.getClassLoader())
                .build();

        assertThat(codecs.find(Half.class)).isEmpty();
        try (Keepsake keepsake = Keepsake.open("memory:", codecs)) {
            keepsake.createAll();
            keepsake.useTransaction(session -> {
                session.add(new Colour("red", 255));
                session.add(new Shape("square", 4));
            });
            assertThat(keepsake.get(Colour.class, "red").red()).isEqualTo(255);
            assertThat(keepsake.query(Shape.class).count()).isEqualTo(1);
        }
    }
}

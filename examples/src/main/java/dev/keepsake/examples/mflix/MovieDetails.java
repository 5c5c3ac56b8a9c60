package dev.keepsake.examples.mflix;

import dev.keepsake.value.ObjectId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A movie of an older list, with one director. */
public record MovieDetails(
        ObjectId id, String title, double year, @Nullable String director, List<String> actors) {}

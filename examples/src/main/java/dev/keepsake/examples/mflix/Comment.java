package dev.keepsake.examples.mflix;

import dev.keepsake.codec.Ref;
import dev.keepsake.value.ObjectId;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a user says of a movie.
 *
 * @param id made when it is added
 */
@Table(name = "comments")
public record Comment(
        @Id @GeneratedValue @Nullable ObjectId id,
        @JoinColumn(name = "email") Ref<User> user,
        Ref<Movie> movie,
        String text,
        Instant date) {}

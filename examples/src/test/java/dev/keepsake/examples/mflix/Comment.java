package dev.keepsake.examples.mflix;

import dev.keepsake.codec.Ref;
import dev.keepsake.value.ObjectId;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.Table;
import java.time.Instant;

/** What a user says of a movie. */
@Table(name = "comments")
record Comment(ObjectId id, @JoinColumn(name = "email") Ref<User> user, Ref<Movie> movie, String text, Instant date) {}

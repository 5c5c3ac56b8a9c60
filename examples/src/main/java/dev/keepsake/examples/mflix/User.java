package dev.keepsake.examples.mflix;

import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * Who comments.
 *
 * @param email the id, so that there is one of each
 * @param password what {@link Passwords} made of it; null for who cannot log in
 */
@Table(name = "users")
public record User(@Id String email, String name, @Nullable String password) {}

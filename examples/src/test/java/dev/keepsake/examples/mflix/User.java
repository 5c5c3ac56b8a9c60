package dev.keepsake.examples.mflix;

import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** Who comments. */
@Table(name = "users")
record User(@Id String email, String name) {}

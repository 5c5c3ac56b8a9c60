package dev.keepsake.examples.pypi;

import jakarta.persistence.Table;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A license. A plain record is enough: its members are kept under their names in snake_case, and {@code id} identifies it.
 * Only the table has another name than the class.
 *
 * @param id its short name
 * @param createdDate when it was first seen
 * @param description its long name
 */
@Table(name = "licenses")
public record License(
        String id,
        @Nullable LocalDateTime createdDate,
        @Nullable String description) {}

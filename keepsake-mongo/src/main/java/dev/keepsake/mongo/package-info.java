/**
 * Keepsake on MongoDB, by the official driver: objects as documents as anybody would write them, queries as filters and pipelines that
 * run in the server.
 */
@NullMarked
package dev.keepsake.mongo;

import org.jspecify.annotations.NullMarked;

/**
 * Trainers, monsters and their types: how sessions work, and what they say when something goes wrong. Start reading at
 * {@link dev.keepsake.examples.monsters.Monsters}.
 */
@NullMarked
package dev.keepsake.examples.monsters;

import org.jspecify.annotations.NullMarked;

package dev.keepsake.cli;

import dev.keepsake.value.Type;

/** What is known of a field from the records seen so far. */
sealed interface Guess permits ValueGuess, CellGuess {
    /** The type that takes all its values. */
    Type type();

    /** How many records have it, and not as null. */
    long present();
}

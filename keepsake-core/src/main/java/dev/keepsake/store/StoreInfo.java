package dev.keepsake.store;

/**
 * Which store it is. Prints itself as {@code sqlite  pypi.db}; a password is never part of it.
 *
 * @param scheme the scheme of its URL
 * @param place host and database, or file
 * @param version of the server, as it says itself
 */
public record StoreInfo(String scheme, String place, String version) {
    @Override
    public String toString() {
        return scheme + "  " + place;
    }
}

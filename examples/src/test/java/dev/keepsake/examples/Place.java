package dev.keepsake.examples;

import dev.keepsake.contract.Servers;

/** Where a program can run: each store, and a new empty place on it. To the program it is a URL. */
public enum Place {
    /** This process. */
    MEMORY {
        @Override
        public String url() {
            return "memory:";
        }
    },
    /** A database in memory. */
    SQLITE {
        @Override
        public String url() {
            return "sqlite::memory:";
        }
    },
    /** A schema of its own. */
    POSTGRESQL {
        @Override
        public String url() {
            return Servers.postgresql().freshSpace();
        }

        @Override
        public void drop(String url) {
            Servers.postgresql().drop(url);
        }
    },
    /** A database of its own. */
    MARIADB {
        @Override
        public String url() {
            return Servers.mariadb().freshSpace();
        }

        @Override
        public void drop(String url) {
            Servers.mariadb().drop(url);
        }
    };

    /** A place that is empty. */
    public abstract String url();

    /** Drops a place that {@link #url} gave, with all in it. */
    public void drop(String url) {}
}

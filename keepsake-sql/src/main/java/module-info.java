/** Stores on SQL databases, and direct SQL. */
module dev.keepsake.sql {
    requires transitive dev.keepsake.core;
    requires transitive java.sql;
    requires com.zaxxer.hikari;
    requires org.xerial.sqlitejdbc;
    requires static org.postgresql.jdbc; // a driver is needed where its URLs are
    requires static org.mariadb.jdbc;
    requires static org.jooq; // for those who ask a transaction for a DSLContext

    exports dev.keepsake.sql;

    provides dev.keepsake.store.StoreProvider with
            dev.keepsake.sql.SqlProvider;
}

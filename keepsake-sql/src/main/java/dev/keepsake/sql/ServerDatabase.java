package dev.keepsake.sql;

import com.zaxxer.hikari.HikariConfig;
import dev.keepsake.fault.Problem;
import dev.keepsake.store.ServerAddress;
import dev.keepsake.store.StoreInfo;
import dev.keepsake.store.StoreUrl;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A database on a server, and how one connects to it: plainly, or by a pool that knows the same. */
final class ServerDatabase implements SqlDatabase {
    private final Login login;
    private final Dialect dialect;
    private final StoreInfo info;
    /** The connection that opening made, for whoever wants one first. */
    private final AtomicReference<@Nullable Connection> first;

    /** How to connect. */
    private record Login(Driver driver, String jdbc, Properties properties, String initially, String batching) {
        Connection connect() throws SQLException {
            Connection connection = driver.connect(jdbc, properties);
            try (Statement statement = connection.createStatement()) {
                statement.execute(initially);
                return connection;
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        }

        /** Never the password. */
        @Override
        public String toString() {
            return jdbc;
        }
    }

    private ServerDatabase(Login login, Dialect dialect, StoreInfo info, Connection first) {
        this.login = login;
        this.dialect = dialect;
        this.info = info;
        this.first = new AtomicReference<>(first);
    }

    /** Connects once by hand: a pool would try again and again, and say only that it did. */
    static ServerDatabase open(StoreUrl url, ServerProduct product, ServerOptions options) {
        ServerAddress address = url.server(product.port());
        Login login = login(url, product, options, address);
        try {
            Connection connection = login.connect();
            try {
                StoreInfo info = new StoreInfo(
                        product.scheme(),
                        address.toString(),
                        connection.getMetaData().getDatabaseProductVersion());
                return new ServerDatabase(login, product.dialect(url, connection), info, connection);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw product.report(e)
                    .store(new StoreInfo(product.scheme(), address.toString(), ""))
                    .cause(e)
                    .fault();
        }
    }

    private static Login login(StoreUrl url, ServerProduct product, ServerOptions options, ServerAddress address) {
        Driver driver = driver(product);
        Properties properties = new Properties();
        properties.putAll(product.properties(url, options.connectTimeout()));
        if (options.socketTimeout() > 0) {
            properties.setProperty("socketTimeout", product.socketTimeout(options.socketTimeout()));
        }
        properties.putAll(driverOptions(url, product, driver));
        properties.setProperty("user", address.user());
        if (address.password() != null) {
            properties.setProperty("password", address.password());
        }
        return new Login(
                driver,
                product.jdbc(address),
                properties,
                product.initially(options.statementTimeout()),
                product.batching());
    }

    private static Driver driver(ServerProduct product) {
        try {
            return Class.forName(product.driver())
                    .asSubclass(Driver.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw Problem.UNKNOWN_SCHEME
                    .because("the driver for %s is not there", product.scheme())
                    .hint("put " + product.artifact() + " on the class path")
                    .cause(e)
                    .fault();
        }
    }

    /** The options that are not ours, if the driver has them: it would take a misspelt one without a word. */
    private static Map<String, String> driverOptions(StoreUrl url, ServerProduct product, Driver driver) {
        Set<String> ours = new TreeSet<>(ServerOptions.NAMES);
        ours.addAll(product.options());
        Map<String, String> theirs = url.options().entrySet().stream()
                .filter(option -> !ours.contains(option.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (!theirs.isEmpty()) {
            Set<String> all = new TreeSet<>(ours);
            try {
                String anywhere = "jdbc:" + product.scheme() + "://localhost/test";
                for (DriverPropertyInfo property : driver.getPropertyInfo(anywhere, new Properties())) {
                    all.add(property.name);
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            url.allowing(all);
        }
        return theirs;
    }

    /** What a pool is to know to connect in the same way; how is hidden from it, since it logs what it knows. */
    HikariConfig pooled() {
        Properties properties = new Properties();
        // a store counts by itself what is sent together
        properties.setProperty(login.batching, "true");
        properties.putAll(login.properties);
        HikariConfig config = new HikariConfig();
        config.setDataSource(new ServerLogins(login.driver, login.jdbc, properties));
        config.setConnectionInitSql(login.initially);
        return config;
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public StoreInfo info() {
        return info;
    }

    @Override
    public Connection connect() throws SQLException {
        Connection connection = first.getAndSet(null);
        return connection != null ? connection : login.connect();
    }

    @Override
    public void close() {
        Connection connection = first.getAndSet(null);
        if (connection != null) {
            release(connection);
        }
    }
}

import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A fresh database for one run of one case; closing it drops it. */
final class Database implements AutoCloseable {
    static final String POSTGRES_VARIABLE = "STILLWAY_TEST_POSTGRES_URL";

    private final boolean postgres;
    private final String name;
    private final String url;
    private final String user;
    private final String password;

    private Database(boolean postgres, String name, String url, String user, String password) {
        this.postgres = postgres;
        this.name = name;
        this.url = url;
        this.user = user;
        this.password = password;
    }

    static Database create(String backend, String caseName, Path root) throws SQLException {
        if (backend.equals("sqlite")) {
            return new Database(false, "", "jdbc:sqlite:" + root.resolve("database.sqlite"), null, null);
        }
        URI server = URI.create(System.getenv(POSTGRES_VARIABLE));
        String[] login = (server.getUserInfo() + ":").split(":", -1);
        String name = "stillway_record_" + caseName.replaceAll("\\W", "_");
        Database database = new Database(true, name, jdbcUrl(server, "/" + name), login[0], login[1]);
        database.onServer("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
        database.onServer("CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8'");
        database.onServer("ALTER DATABASE " + name + " SET lc_messages TO 'C'");
        return database;
    }

    private static String jdbcUrl(URI server, String path) {
        int port = server.getPort() < 0 ? 5432 : server.getPort();
        return "jdbc:postgresql://" + server.getHost() + ":" + port + path;
    }

    private void onServer(String sql) throws SQLException {
        URI server = URI.create(System.getenv(POSTGRES_VARIABLE));
        try (Connection connection = DriverManager.getConnection(jdbcUrl(server, server.getPath()), user, password);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    String url() {
        return url;
    }

    String user() {
        return user;
    }

    String password() {
        return password;
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            if (postgres) {
                statement.execute(sql);
            } else {
                statement.executeUpdate(sql);
            }
        }
    }

    /** The rows of a query, every value as text. */
    List<List<Object>> query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<Object>> rows = new ArrayList<>();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    row.add(result.getString(column));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** The rows of the schema history table, or null when there is no such table. */
    List<List<Object>> history(Map<String, String> settings) throws SQLException {
        String table = settings.getOrDefault("table", "flyway_schema_history");
        String schema = settings.getOrDefault("defaultSchema", settings.getOrDefault("schemas", "").split(",")[0]);
        try (Connection connection = connect()) {
            if (!tableExists(connection, schema, table)) {
                return null;
            }
            String qualified = quoted(table);
            if (postgres && !schema.isEmpty()) {
                qualified = quoted(schema) + "." + qualified;
            }
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(
                            "SELECT * FROM " + qualified + " ORDER BY installed_rank")) {
                return historyRows(result);
            }
        }
    }

    private boolean tableExists(Connection connection, String schema, String table) throws SQLException {
        String sql = postgres
                ? "SELECT 1 FROM pg_tables WHERE tablename = ? AND schemaname = coalesce(nullif(?, ''), 'public')"
                : "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? AND '' <> ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, table);
            statement.setString(2, postgres ? schema : "main");
            try (ResultSet result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    private static List<List<Object>> historyRows(ResultSet result) throws SQLException {
        List<List<Object>> rows = new ArrayList<>();
        while (result.next()) {
            List<Object> row = new ArrayList<>();
            row.add(result.getInt("installed_rank"));
            for (String column : List.of("version", "description", "type", "script")) {
                row.add(result.getString(column));
            }
            int checksum = result.getInt("checksum");
            row.add(result.wasNull() ? null : checksum);
            row.add(result.getString("installed_by"));
            row.add(result.getBoolean("success"));
            rows.add(row);
        }
        return rows;
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Takes the scratch database's own name out of a message. */
    String redact(String text) {
        return postgres ? text.replace(url, "<url>").replace(name, "<database>") : text;
    }

    @Override
    public void close() throws SQLException {
        if (postgres) {
            onServer("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
        }
    }
}

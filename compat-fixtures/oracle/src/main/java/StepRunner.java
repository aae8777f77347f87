import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Carries out the steps of a case and describes what Flyway made of them. */
final class StepRunner {
    private static final String DUPLICATES = "Found more than one";

    private final FixtureCase fixture;
    private final WorkingCopy copy;
    private final Database database;

    StepRunner(FixtureCase fixture, WorkingCopy copy, Database database) {
        this.fixture = fixture;
        this.copy = copy;
        this.database = database;
    }

    /** Runs one step; only {@code run} and {@code query} steps leave a record. */
    @SuppressWarnings("unchecked")
    Optional<Object> run(Map<String, Object> step) throws Exception {
        if (step.containsKey("run")) {
            return Optional.of(runCommand(step));
        }
        if (step.containsKey("query")) {
            return Optional.of(rows((String) step.get("query")));
        }
        if (step.containsKey("sql")) {
            database.execute((String) step.get("sql"));
        } else if (step.containsKey("write")) {
            copy.write(step);
        } else if (step.containsKey("remove")) {
            copy.remove((String) step.get("remove"));
        } else if (step.containsKey("rename")) {
            List<String> names = (List<String>) step.get("rename");
            copy.rename(names.get(0), names.get(1));
        } else {
            throw new IllegalArgumentException("unknown step " + step);
        }
        return Optional.empty();
    }

    private Object runCommand(Map<String, Object> step) throws Exception {
        String command = (String) step.get("run");
        Map<String, String> settings = fixture.settingsFor(step);
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("run", command);
        try {
            record.put("result", redacted(Results.run(flyway(settings, false), command)));
        } catch (Exception failure) {
            record.put("error", error(failure));
        }
        record.put("history", database.history(settings));
        record.put("info", info(settings));
        return record;
    }

    private Object rows(String query) {
        try {
            return Map.of("rows", redacted(database.query(query)));
        } catch (SQLException failure) {
            return Map.of("error", redact(failure.getMessage()));
        }
    }

    private Flyway flyway(Map<String, String> settings, boolean silent) {
        Map<String, String> configuration = new LinkedHashMap<>();
        settings.forEach((key, value) -> configuration.put(
                "flyway." + key,
                key.equals("locations") || key.equals("callbackLocations") ? copy.absoluteLocations(value) : value));
        configuration.put("flyway.loggers", "slf4j");
        if (silent) {
            configuration.put("flyway.skipDefaultCallbacks", "true");
        }
        return Flyway.configure()
                .dataSource(database.url(), database.user(), database.password())
                .configuration(configuration)
                .load();
    }

    /** What {@code info} says now; callbacks are off so that looking changes nothing. */
    private Object info(Map<String, String> settings) {
        try {
            return redacted(Results.infoRows(flyway(settings, true).info()));
        } catch (Exception failure) {
            return "error";
        }
    }

    private Map<String, Object> error(Exception failure) {
        Map<String, Object> error = new LinkedHashMap<>();
        // Flyway's own command line reports anything that is not a FlywayException as FAULT.
        error.put("code", failure instanceof FlywayException known ? known.getErrorCode().toString() : "FAULT");
        error.put("message", message(failure));
        return error;
    }

    private String message(Exception failure) {
        String message = failure.getMessage();
        if (message == null) {
            return failure.getClass().getName();
        }
        return redact(message.startsWith(DUPLICATES) ? steadyDuplicates(message) : message);
    }

    /**
     * Flyway takes the offenders from a hash set, so their order, and which spelling of their
     * version it names, differ from run to run.
     */
    private static String steadyDuplicates(String text) {
        String message = text.replaceFirst("with version .*", "with version <version>");
        int start = message.indexOf("-> ");
        String offenders = message.substring(start).lines().sorted().collect(Collectors.joining("\n"));
        return message.substring(0, start) + offenders;
    }

    private String redact(String text) {
        return database.redact(copy.redact(text));
    }

    private Object redacted(Object value) {
        if (value instanceof String text) {
            return redact(text);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(this::redacted).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copied = new LinkedHashMap<>();
            map.forEach((key, item) -> copied.put(key, redacted(item)));
            return copied;
        }
        return value;
    }
}

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.output.InfoOutput;

/**
 * Runs Flyway verbs on any database through Flyway's public API and prints one JSON list with an
 * entry for each: its result, or its error.
 *
 * <p>Arguments are those of Flyway's command line: {@code -key=value} and verbs. All verbs run with
 * all settings, also after one that failed; the exit status is 1 when any did. Without arguments,
 * each line of standard input holds arguments separated by tabs; each answer ends with an empty
 * line, and the program with its input.
 */
public final class Verbs {
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<String> verbs = new ArrayList<>();
    private boolean failed;

    private Verbs(List<String> arguments) {
        settings.put("flyway.loggers", "slf4j");
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (argument.startsWith("-") && equals > 0) {
                settings.put("flyway." + argument.substring(1, equals), argument.substring(equals + 1));
            } else {
                verbs.add(argument);
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        if (arguments.length > 0) {
            Verbs verbs = new Verbs(List.of(arguments));
            out.print(verbs.run());
            out.flush();
            System.exit(verbs.failed ? 1 : 0);
        }
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            out.println(new Verbs(List.of(line.split("\t"))).run());
            out.flush();
        }
    }

    private String run() {
        List<Object> entries = new ArrayList<>();
        for (String verb : verbs) {
            entries.add(entry(verb));
        }
        return JsonText.write(entries);
    }

    private Map<String, Object> entry(String verb) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("run", verb);
        try {
            Flyway flyway = Flyway.configure().configuration(settings).load();
            Map<String, Object> result = Results.run(flyway, verb);
            failed |= Boolean.FALSE.equals(result.get("validationSuccessful"));
            entry.put("result", result);
            if (verb.equals("info")) {
                entry.put("migrations", migrations(flyway.info()));
            }
        } catch (Exception failure) {
            failed = true;
            // Flyway's own command line reports anything that is not a FlywayException as FAULT.
            String code = failure instanceof FlywayException known ? known.getErrorCode().toString() : "FAULT";
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("code", code);
            error.put("message", String.valueOf(failure.getMessage()));
            entry.put("error", error);
        }
        return entry;
    }

    private static List<Object> migrations(MigrationInfoService service) {
        MigrationInfo[] migrations = service.all();
        List<InfoOutput> outputs = service.getInfoResult().migrations;
        List<Object> rows = new ArrayList<>();
        for (int index = 0; index < migrations.length; index++) {
            MigrationInfo migration = migrations[index];
            InfoOutput output = outputs.get(index);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("category", output.category);
            row.put("version", output.version);
            row.put("description", output.description);
            row.put("type", output.type);
            row.put("state", output.state);
            row.put("checksum", migration.getChecksum());
            row.put("script", migration.getScript());
            row.put("installedRank", migration.getInstalledRank());
            rows.add(row);
        }
        return rows;
    }
}

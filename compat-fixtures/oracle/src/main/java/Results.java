import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.ErrorDetails;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.output.BaselineResult;
import org.flywaydb.core.api.output.CleanResult;
import org.flywaydb.core.api.output.InfoOutput;
import org.flywaydb.core.api.output.InfoResult;
import org.flywaydb.core.api.output.MigrateResult;
import org.flywaydb.core.api.output.RepairOutput;
import org.flywaydb.core.api.output.RepairResult;
import org.flywaydb.core.api.output.ValidateResult;

/** Runs a Flyway command and keeps the parts of its result that are the same on every machine. */
final class Results {
    private Results() {}

    static Map<String, Object> run(Flyway flyway, String command) {
        return switch (command) {
            case "migrate" -> migrate(flyway.migrate());
            case "info" -> info(flyway.info());
            case "validate" -> validate(flyway.validateWithResult());
            case "repair" -> repair(flyway.repair());
            case "baseline" -> baseline(flyway.baseline());
            case "clean" -> clean(flyway.clean());
            case "undo" -> fields("result", flyway.undo().getClass().getSimpleName());
            default -> throw new IllegalArgumentException("unknown command " + command);
        };
    }

    /** The lines of {@code info}, in its order. */
    static List<Object> infoRows(MigrationInfoService service) {
        MigrationInfo[] migrations = service.all();
        List<InfoOutput> outputs = service.getInfoResult().migrations;
        if (migrations.length != outputs.size()) {
            throw new IllegalStateException("info lists " + outputs.size() + " of " + migrations.length);
        }
        List<Object> rows = new ArrayList<>();
        for (int index = 0; index < migrations.length; index++) {
            rows.add(infoRow(migrations[index], outputs.get(index)));
        }
        return rows;
    }

    private static Map<String, Object> infoRow(MigrationInfo migration, InfoOutput output) {
        return fields(
                "category", output.category,
                "version", output.version,
                "description", output.description,
                "type", output.type,
                "state", output.state,
                "checksum", migration.getChecksum(),
                "undoable", output.undoable);
    }

    private static Map<String, Object> info(MigrationInfoService service) {
        InfoResult result = service.getInfoResult();
        return fields(
                "schemaVersion", result.schemaVersion,
                "schemaName", result.schemaName,
                "allSchemasEmpty", result.allSchemasEmpty);
    }

    private static Map<String, Object> migrate(MigrateResult result) {
        return fields(
                "success", result.success,
                "initialSchemaVersion", result.initialSchemaVersion,
                "targetSchemaVersion", result.targetSchemaVersion,
                "schemaName", result.schemaName,
                "migrationsExecuted", result.migrationsExecuted,
                "migrations", result.migrations.stream()
                        .map(one -> fields(
                                "category", one.category,
                                "version", one.version,
                                "description", one.description,
                                "type", one.type))
                        .toList(),
                "warnings", result.warnings);
    }

    private static Map<String, Object> validate(ValidateResult result) {
        return fields(
                "validationSuccessful", result.validationSuccessful,
                "validateCount", result.validateCount,
                "error", error(result.errorDetails),
                "invalidMigrations", result.invalidMigrations.stream()
                        .map(one -> fields(
                                "version", one.version,
                                "description", one.description,
                                "error", error(one.errorDetails)))
                        .toList(),
                "warnings", result.warnings);
    }

    private static Map<String, Object> error(ErrorDetails details) {
        return details == null
                ? null
                : fields("code", details.errorCode.toString(), "message", details.errorMessage);
    }

    private static Map<String, Object> repair(RepairResult result) {
        return fields(
                "repairActions", result.repairActions,
                "migrationsRemoved", repaired(result.migrationsRemoved),
                "migrationsDeleted", repaired(result.migrationsDeleted),
                "migrationsAligned", repaired(result.migrationsAligned),
                "warnings", result.warnings);
    }

    private static List<Map<String, Object>> repaired(List<RepairOutput> outputs) {
        return outputs.stream()
                .map(one -> fields("version", one.version, "description", one.description))
                .toList();
    }

    private static Map<String, Object> baseline(BaselineResult result) {
        return fields(
                "successfullyBaselined", result.successfullyBaselined,
                "baselineVersion", result.baselineVersion,
                "warnings", result.warnings);
    }

    private static Map<String, Object> clean(CleanResult result) {
        return fields(
                "schemasCleaned", result.schemasCleaned,
                "schemasDropped", result.schemasDropped,
                "warnings", result.warnings);
    }

    private static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int index = 0; index < namesAndValues.length; index += 2) {
            map.put((String) namesAndValues[index], namesAndValues[index + 1]);
        }
        return map;
    }
}

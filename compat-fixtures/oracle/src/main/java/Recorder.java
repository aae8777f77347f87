import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs fixture cases through Flyway's public API and writes what Flyway did to each case's
 * {@code expected} folder.
 *
 * <p>Arguments: the folder of the cases, a scratch folder, then the names of the cases to record
 * (none means all). PostgreSQL is taken from {@code STILLWAY_TEST_POSTGRES_URL}; without it only
 * SQLite is recorded.
 */
public final class Recorder {
    private static final String FLYWAY_VERSION = "13.0.0";
    private static final long CASE_LIMIT_SECONDS = 90;

    private final Path scratch;

    private Recorder(Path scratch) {
        this.scratch = scratch;
    }

    public static void main(String[] arguments) throws Exception {
        Path cases = Path.of(arguments[0]).toAbsolutePath();
        Recorder recorder = new Recorder(Path.of(arguments[1]).toRealPath());
        List<String> names = List.of(arguments).subList(2, arguments.length);
        int failures = 0;
        for (Path folder : caseFolders(cases, names)) {
            failures += recorder.recordCase(folder);
        }
        System.err.println(failures == 0 ? "all recorded" : failures + " not recorded");
        System.exit(failures == 0 ? 0 : 1);
    }

    private static List<Path> caseFolders(Path cases, List<String> names) throws Exception {
        if (!names.isEmpty()) {
            return names.stream().map(cases::resolve).toList();
        }
        try (var listing = Files.list(cases)) {
            return listing.filter(Files::isDirectory).sorted().toList();
        }
    }

    private int recordCase(Path folder) throws Exception {
        FixtureCase fixture = FixtureCase.read(folder);
        int failures = 0;
        for (String backend : fixture.backends()) {
            if (backend.equals("postgres") && System.getenv(Database.POSTGRES_VARIABLE) == null) {
                System.err.println("skipped  " + fixture.name() + " on postgres");
                continue;
            }
            failures += recordOn(fixture, backend) ? 0 : 1;
        }
        return failures;
    }

    private boolean recordOn(FixtureCase fixture, String backend) throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor(Recorder::daemon);
        try {
            String text = executor.submit(() -> observe(fixture, backend))
                    .get(CASE_LIMIT_SECONDS, TimeUnit.SECONDS);
            Path target = fixture.folder().resolve("expected").resolve(backend + ".json");
            Files.createDirectories(target.getParent());
            Files.writeString(target, text);
            return true;
        } catch (TimeoutException timeout) {
            System.err.println("TIMEOUT  " + fixture.name() + " on " + backend);
            return false;
        } catch (java.util.concurrent.ExecutionException failure) {
            System.err.println("FAILED   " + fixture.name() + " on " + backend);
            failure.getCause().printStackTrace();
            return false;
        } finally {
            executor.shutdownNow();
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }

    private String observe(FixtureCase fixture, String backend) throws Exception {
        Path root = scratch.resolve(fixture.name() + "." + backend);
        WorkingCopy copy = WorkingCopy.create(fixture.folder(), backend, root);
        try (Database database = Database.create(backend, fixture.name(), root)) {
            List<Object> steps = new ArrayList<>();
            StepRunner runner = new StepRunner(fixture, copy, database);
            for (Map<String, Object> step : fixture.stepsFor(backend)) {
                runner.run(step).ifPresent(steps::add);
            }
            Map<String, Object> recorded = new LinkedHashMap<>();
            recorded.put("flyway", FLYWAY_VERSION);
            recorded.put("steps", steps);
            String text = JsonText.write(recorded);
            if (text.contains(scratch.toString())) {
                throw new IllegalStateException("a path of this machine in the recorded text:\n" + text);
            }
            return text;
        }
    }
}

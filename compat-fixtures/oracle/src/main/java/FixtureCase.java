import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.dataformat.toml.TomlMapper;

/** One case as written in {@code case.toml}. */
record FixtureCase(
        Path folder,
        List<String> backends,
        Map<String, String> settings,
        List<Map<String, Object>> steps) {

    private static final Set<String> KEYS = Set.of("about", "backends", "settings", "step");

    @SuppressWarnings("unchecked")
    static FixtureCase read(Path folder) {
        Map<String, Object> toml = new TomlMapper().readValue(folder.resolve("case.toml").toFile(), Map.class);
        if (!KEYS.containsAll(toml.keySet())) {
            throw new IllegalArgumentException(folder + ": unknown key among " + toml.keySet());
        }
        return new FixtureCase(
                folder,
                (List<String>) toml.get("backends"),
                (Map<String, String>) toml.getOrDefault("settings", Map.of()),
                (List<Map<String, Object>>) toml.get("step"));
    }

    String name() {
        return folder.getFileName().toString();
    }

    /** The steps meant for a backend: those without {@code on}, and those whose {@code on} names it. */
    List<Map<String, Object>> stepsFor(String backend) {
        return steps.stream().filter(step -> step.getOrDefault("on", backend).equals(backend)).toList();
    }

    /** The case's settings with the step's own laid over them. */
    @SuppressWarnings("unchecked")
    Map<String, String> settingsFor(Map<String, Object> step) {
        Map<String, String> merged = new LinkedHashMap<>();
        merged.put("locations", "filesystem:project");
        merged.putAll(settings);
        merged.putAll((Map<String, String>) step.getOrDefault("settings", Map.of()));
        return merged;
    }
}

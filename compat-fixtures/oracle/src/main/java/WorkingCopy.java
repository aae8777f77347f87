import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.Map;

/** A copy of a case's project that the steps may change. */
record WorkingCopy(Path root) {

    /** Copies {@code project} and, over it, {@code project.<backend>}. */
    static WorkingCopy create(Path folder, String backend, Path root) throws IOException {
        Path project = root.resolve("project");
        Files.createDirectories(project);
        copyTree(folder.resolve("project"), project);
        copyTree(folder.resolve("project." + backend), project);
        return new WorkingCopy(root);
    }

    private static void copyTree(Path from, Path to) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        try (var files = Files.walk(from)) {
            for (Path source : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(source).toString());
                Files.createDirectories(target.getParent());
                Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    void write(Map<String, Object> step) throws IOException {
        Path target = root.resolve((String) step.get("write"));
        Files.createDirectories(target.getParent());
        Files.write(target, content(step));
    }

    private static byte[] content(Map<String, Object> step) {
        Object base64 = step.get("base64");
        return base64 != null
                ? Base64.getDecoder().decode((String) base64)
                : ((String) step.get("text")).getBytes(StandardCharsets.UTF_8);
    }

    void remove(String path) throws IOException {
        Files.delete(root.resolve(path));
    }

    void rename(String from, String to) throws IOException {
        Path target = root.resolve(to);
        Files.createDirectories(target.getParent());
        Files.move(root.resolve(from), target);
    }

    /** Turns the {@code filesystem:} items of a location list into absolute ones. */
    String absoluteLocations(String locations) {
        return locations.replace("filesystem:", "filesystem:" + root + "/");
    }

    /** Takes the machine's own paths out of a message. */
    String redact(String text) {
        return text.replace(root + "/project", "<project>").replace(root.toString(), "<case>");
    }
}

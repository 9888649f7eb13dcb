package uservice.manifest;

import module java.base;
import org.junit.jupiter.api.Assumptions;
import testing.Linked;
import uservice.json.Json;

/// The tools of others that the files are given to. A test whose tool is not there is skipped, with what to install.
final class Tools {
  private static final Path NODE = Path.of("build/npm");
  private static final int JSON_BYTES_MAX = 64 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final ReentrantLock INSTALLING = new ReentrantLock();

  private Tools() {}

  /// How a command ended, with its streams apart.
  record Ran(int exit, String out, String err) {
    String must() {
      if (exit != 0) {
        throw new AssertionError(exit + ": " + out + err);
      }
      return out;
    }
  }

  static void needs(String command, String debian) throws Exception {
    Assumptions.assumeTrue(Linked.has(command), command + " is not installed: apt-get install " + debian);
  }

  static Ran run(String input, Map<String, String> environment, List<String> command) throws Exception {
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Process process = builder.start();
    var out = reader(process.getInputStream());
    var err = reader(process.getErrorStream());
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException closed) {
      // It did not want to read it; what it says instead is told below.
    }
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " did not end: " + err.get());
    }
    return new Ran(process.exitValue(), out.get(), err.get());
  }

  static Ran run(String... command) throws Exception {
    return run("", Map.of(), List.of(command));
  }

  private static FutureTask<String> reader(InputStream in) {
    var text = new FutureTask<>(() -> new String(in.readAllBytes(), StandardCharsets.UTF_8));
    Thread.ofVirtual().start(text);
    return text;
  }

  /// What a program in Python prints of this input, as JSON. It must have a YAML parser, as Debian's has.
  static Json python(String program, String input) throws Exception {
    for (String python : List.of("/usr/bin/python3", "python3")) {
      if (Linked.has(python) && run(python, "-c", "import yaml").exit() == 0) {
        return Json.parse(run(input, Map.of("PYTHONIOENCODING", "utf-8"), List.of(python, "-c", program)).must().getBytes(StandardCharsets.UTF_8), JSON_BYTES_MAX, Json.DEPTH_MAX);
      }
    }
    Assumptions.abort("no Python with a YAML parser: apt-get install python3-yaml");
    throw new AssertionError();
  }

  /// What a program for Node prints of this input, as JSON, with a package of exactly this version, which is installed into `build`.
  static Json node(String library, String program, String input) throws Exception {
    needs("node", "nodejs");
    needs("npm", "npm");
    Path folder = NODE.resolve(library.replaceAll("[^A-Za-z0-9.]", "_")).toAbsolutePath();
    INSTALLING.lock();
    try {
      if (!Files.exists(folder.resolve(".done"))) {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("package.json"), "{\"private\": true}\n");
        Ran installed = run("", Map.of(), List.of("npm", "install", "--prefix", folder.toString(), "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", library));
        Assumptions.assumeTrue(installed.exit() == 0, () -> "npm cannot install " + library + ": " + installed.err().lines().limit(3).collect(Collectors.joining("; ")));
        Files.writeString(folder.resolve(".done"), library + "\n");
      }
    } finally {
      INSTALLING.unlock();
    }
    Path script = Files.writeString(Files.createTempFile(folder, "test", ".cjs"), program);
    try {
      return Json.parse(run(input, Map.of(), List.of("node", script.toString())).must().getBytes(StandardCharsets.UTF_8), JSON_BYTES_MAX, Json.DEPTH_MAX);
    } finally {
      Files.delete(script);
    }
  }
}

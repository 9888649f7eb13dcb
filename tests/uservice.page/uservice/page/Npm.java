package uservice.page;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;

/// Tools from npm's registry, in `build/npm`, of fixed versions; a test that wants one is skipped where it cannot be had.
final class Npm {
  private static final Path FOLDER = Path.of("build", "npm");
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private Npm() {}

  /// A file of `packet`, such as `axe-core@4.11.0`, installed when it is first asked for.
  static synchronized Path file(String packet, String file) throws IOException, InterruptedException {
    String name = packet.substring(0, packet.lastIndexOf('@'));
    Path folder = FOLDER.resolve(packet.replace('@', '-'));
    Path wanted = folder.resolve("node_modules").resolve(name).resolve(file);
    if (!Files.exists(wanted)) {
      boolean npm = Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(path -> Files.isExecutable(Path.of(path, "npm")));
      assumeTrue(npm, "npm is not installed: apt-get install npm");
      Files.createDirectories(folder);
      Path log = folder.resolve("log");
      Process install = new ProcessBuilder("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder.toString(), packet)
          .redirectErrorStream(true).redirectOutput(log.toFile()).start();
      boolean ended = install.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      install.destroyForcibly().onExit().join();
      assumeTrue(ended && Files.exists(wanted), () -> packet + " cannot be had from npm's registry: " + read(log));
    }
    return wanted;
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }
}

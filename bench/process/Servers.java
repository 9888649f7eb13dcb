package process;

import module java.base;

/// The real servers, each on a free port of loopback with its data in a folder of its own, where they are installed.
final class Servers implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<Process> processes = new ArrayList<>();
  private final List<Path> folders = new ArrayList<>();
  private final Map<String, String> uris = new LinkedHashMap<>();
  private final Map<String, String> versions = new LinkedHashMap<>();

  /// Starts what there is.
  static Servers start() throws Exception {
    var servers = new Servers();
    try {
      servers.redis();
      servers.postgres();
      return servers;
    } catch (Exception failed) {
      servers.close();
      throw failed;
    }
  }

  /// Names, `Redis` and `PostgreSQL`, with their URIs.
  Map<String, String> uris() { return uris; }

  String versions() { return String.join(", ", versions.values()); }

  /// With the file that survives a crash, written each second, as it would be for a queue.
  private void redis() throws Exception {
    Optional<Path> server = program("redis-server");
    if (server.isPresent()) {
      int port = free();
      run(List.of(server.get().toString(), "--port", "" + port, "--bind", "127.0.0.1", "--dir", folder().toString(), "--save", "", "--appendonly", "yes"), port);
      uris.put("Redis", "redis://127.0.0.1:" + port);
      versions.put("Redis", output(server.get().toString(), "--version").strip().replaceAll(".*v=(\\S+).*", "Redis $1, appendfsync everysec"));
    }
  }

  /// As it is installed, but for the port and where its socket lies. It refuses to run as root, who becomes `postgres` for it.
  private void postgres() throws Exception {
    Optional<Path> bin = postgresFolder();
    if (bin.isPresent()) {
      int port = free();
      Path folder = folder();
      List<String> as = System.getProperty("user.name").equals("root")
          ? List.of("setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups") : List.of();
      if (!as.isEmpty()) {
        output("chown", "postgres", folder.toString());
      }
      String data = folder.resolve("data").toString();
      output(words(as, bin.get() + "/initdb", "-D", data, "-U", "bench", "--auth", "trust").toArray(String[]::new));
      run(words(as, bin.get() + "/postgres", "-D", data, "-p", "" + port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=" + folder), port);
      uris.put("PostgreSQL", "postgres://bench@127.0.0.1:" + port + "/postgres");
      versions.put("PostgreSQL", output(bin.get() + "/postgres", "--version").strip().replaceAll("^\\D*([0-9.]+).*", "PostgreSQL $1"));
    }
  }

  private static List<String> words(List<String> first, String... more) { return Stream.concat(first.stream(), Stream.of(more)).toList(); }

  private static Optional<Path> program(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(path -> Path.of(path, name)).filter(Files::isExecutable).findFirst();
  }

  private static Optional<Path> postgresFolder() throws IOException {
    Path all = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(all)) {
      return program("initdb").map(Path::getParent);
    }
    try (var versions = Files.list(all)) {
      return versions.map(version -> version.resolve("bin")).filter(bin -> Files.isExecutable(bin.resolve("initdb"))).max(Comparator.naturalOrder());
    }
  }

  static int free() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private Path folder() throws IOException {
    Path folder = Files.createTempDirectory("bench");
    folders.add(folder);
    return folder;
  }

  private void run(List<String> command, int port) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    processes.add(process);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (ConnectException notYet) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IllegalStateException("did not start: " + command);
        }
        Thread.sleep(20);
      }
    }
  }

  private static String output(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + text);
    }
    return text;
  }

  @Override public void close() throws Exception {
    for (Process process : processes) {
      process.destroy();
      process.waitFor(PATIENCE);
    }
    for (Path folder : folders) {
      delete(folder);
    }
  }

  static void delete(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}

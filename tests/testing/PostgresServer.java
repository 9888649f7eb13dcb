package testing;

import module java.base;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.attribute.PosixFilePermissions;

/// A PostgreSQL of this machine on a free loopback port, with a folder of its own, started by a test and ended with it.
public final class PostgresServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  public static final String SECRET = "s3cr3t-of-the-owner";

  private final Path bin;
  private final Path folder;
  private final int port;
  private final List<String> settings;

  private PostgresServer(Path bin, Path folder, int port, List<String> settings) {
    this.bin = bin;
    this.folder = folder;
    this.port = port;
    this.settings = settings;
  }

  /// The newest server there is, or the test is skipped.
  private static Path installed() {
    var found = new ArrayList<Path>();
    try (var versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      versions.map(version -> version.resolve("bin")).filter(bin -> Files.isExecutable(bin.resolve("postgres"))).forEach(found::add);
    } catch (IOException absent) {
      // None is installed.
    }
    assumeTrue(!found.isEmpty(), "PostgreSQL is not installed: apt-get install postgresql");
    return found.stream().max(Comparator.comparingInt(bin -> Integer.parseInt(bin.getParent().getFileName().toString()))).orElseThrow();
  }

  /// Makes a cluster whose owner is `owner` with [#SECRET], and starts it with these lines of `postgresql.conf`.
  public static PostgresServer start(String... settings) throws Exception {
    var server = place(installed(), settings);
    Path secret = Files.writeString(server.folder.resolve("secret"), SECRET + "\n");
    server.command("initdb", "-D", server.data().toString(), "-U", "owner", "--pwfile", secret.toString(), "-A", "scram-sha-256", "-E", "UTF8", "--locale", "C", "-N");
    server.begin();
    return server;
  }

  /// A replica of this server, which takes no writes until it is promoted.
  public PostgresServer replica() throws Exception {
    var replica = place(bin);
    var command = new ArrayList<>(user());
    command.addAll(List.of("env", "PGPASSWORD=" + SECRET, bin.resolve("pg_basebackup").toString(), "-h", folder.toString(), "-p", Integer.toString(port),
        "-U", "owner", "-D", replica.data().toString(), "-R", "-c", "fast", "-X", "stream"));
    run(command);
    replica.begin();
    return replica;
  }

  /// Ends the time as a replica.
  public void promote() throws Exception { command("pg_ctl", "-D", data().toString(), "-w", "promote"); }

  private static PostgresServer place(Path bin, String... settings) throws Exception {
    Path folder = Files.createTempDirectory("uservice-postgres", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    if (root()) {
      run(List.of("chown", "postgres", folder.toString()));
    }
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new PostgresServer(bin, folder, probe.getLocalPort(), List.of(settings));
    }
  }

  private static boolean root() { return System.getProperty("user.name").equals("root"); }

  public Path data() { return folder.resolve("data"); }

  /// Where a test may put files that the server reads.
  public Path folder() { return folder; }

  public int port() { return port; }

  /// Starts, or starts again, and waits until it answers.
  public void begin() throws Exception {
    var options = new StringBuilder("-c listen_addresses=127.0.0.1 -p " + port + " -c unix_socket_directories=" + folder + " -c max_connections=60");
    settings.forEach(setting -> options.append(" -c ").append(setting));
    command("pg_ctl", "-D", data().toString(), "-l", folder.resolve("log").toString(), "-o", options.toString(), "-w", "start");
  }

  /// Ends at once, as with `kill -9` of every process.
  public void kill() throws Exception { command("pg_ctl", "-D", data().toString(), "-m", "immediate", "-w", "stop"); }

  /// Ends after the transactions under way were rolled back.
  public void stop() throws Exception { command("pg_ctl", "-D", data().toString(), "-m", "fast", "-w", "stop"); }

  public void restart() throws Exception {
    kill();
    begin();
  }

  /// Makes a certificate for `localhost` that vouches for itself, has the server show it, and returns it as PEM.
  public Path certificate() throws Exception {
    Path store = folder.resolve("store.p12");
    Path pem = data().resolve("server.crt");
    var keytool = new ArrayList<>(user());
    keytool.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "server", "-keyalg", "RSA",
        "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-validity", "2", "-keystore", store.toString(), "-storepass", "changeit", "-storetype", "PKCS12"));
    run(keytool);
    var keys = java.security.KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    Files.writeString(pem, pem("CERTIFICATE", keys.getCertificate("server").getEncoded()));
    Path key = Files.writeString(data().resolve("server.key"), pem("PRIVATE KEY", keys.getKey("server", "changeit".toCharArray()).getEncoded()));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    if (root()) {
      run(List.of("chown", "postgres", key.toString(), pem.toString()));
    }
    sql("ALTER SYSTEM SET ssl = on");
    restart();
    return pem;
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + what + "-----\n";
  }

  /// Puts these lines in place of `pg_hba.conf`, and has them read.
  public void access(String... lines) throws Exception {
    Files.write(data().resolve("pg_hba.conf"), List.of(lines));
    command("pg_ctl", "-D", data().toString(), "reload");
    sql("SELECT pg_reload_conf()");
  }

  /// Runs SQL as the owner, through the Unix socket, by the server's own client; what it prints.
  public String sql(String sql) throws Exception { return sql("postgres", sql); }

  public String sql(String database, String sql) throws Exception {
    var command = new ArrayList<>(user());
    command.addAll(List.of("env", "PGPASSWORD=" + SECRET, bin.resolve("psql").toString(), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
        "-h", folder.toString(), "-p", Integer.toString(port), "-U", "owner", "-d", database, "-c", sql));
    return run(command).strip();
  }

  /// Runs one of the server's programs, as the user who may.
  public void command(String program, String... words) throws Exception {
    var command = new ArrayList<>(user());
    command.add(bin.resolve(program).toString());
    command.addAll(List.of(words));
    run(command);
  }

  private static List<String> user() {
    return root() ? List.of("setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups") : List.of();
  }

  private static String run(List<String> command) throws Exception {
    Path printed = Files.createTempFile("uservice-postgres", ".out");
    try {
      var process = new ProcessBuilder(command).directory(new File("/")).redirectErrorStream(true).redirectOutput(printed.toFile()).start();
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError(command + " failed:\n" + Files.readString(printed));
      }
      return Files.readString(printed);
    } finally {
      Files.delete(printed);
    }
  }

  /// The URI of the owner's database over TCP, with these parameters, as `name=value`.
  public URI uri(String... parameters) { return URI.create("postgres://owner:" + SECRET + "@127.0.0.1:" + port + "/postgres?" + query(parameters)); }

  /// The query of a URI with these parameters, and others so patient that a busy machine does not matter.
  public static String query(String... parameters) {
    var query = new StringBuilder(String.join("&", parameters));
    for (String each : List.of("connect_timeout=40s", "timeout=40s", "checkout_timeout=40s")) {
      String name = each.substring(0, each.indexOf('='));
      if (Stream.of(parameters).noneMatch(given -> given.startsWith(name + "="))) {
        query.append(query.isEmpty() ? "" : "&").append(each);
      }
    }
    return query.toString();
  }

  @Override public void close() throws Exception {
    if (Files.exists(data().resolve("postmaster.pid"))) {
      kill();
    }
    try (var tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}

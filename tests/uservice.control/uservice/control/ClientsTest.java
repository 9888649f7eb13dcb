package uservice.control;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import testing.Http;
import testing.Jars;
import testing.Program;

/// The client of each language, as a child and beside a running service: a late kick is 503, the stop is told, the work drained, exit 0.
@Timeout(180)
class ClientsTest {
  private static final Path CLIENTS = Path.of("tests/clients").toAbsolutePath();
  private static final Map<Language, List<String>> COMMANDS = new EnumMap<>(Language.class);

  @TempDir static Path built;
  @TempDir Path folder;

  /// The languages of clients that call the port, with what their tool chain is called, and the package that has it.
  enum Language {
    PYTHON("python3", "python3", "python3", "client.py"),
    NODE("node", "nodejs", "node", "client.js"),
    SHELL("curl", "curl", "sh", "client.sh"),
    C("gcc", "gcc", "gcc", "-std=c17", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", "client-c", "client.c"),
    RUST("rustc", "rustc", "rustc", "--edition=2021", "-D", "warnings", "-o", "client-rust", "client.rs");

    private final String tool;
    private final String pack;
    private final List<String> words;

    Language(String tool, String pack, String... words) {
      this.tool = tool;
      this.pack = pack;
      this.words = List.of(words);
    }
  }

  @AfterAll static void forget() {
    COMMANDS.clear();
  }

  /// What runs the client: an interpreter with its file, or the program that a compiler made of it.
  private static synchronized List<String> command(Language language) throws Exception {
    assumeTrue(run(List.of("sh", "-c", "command -v " + language.tool)), language.tool + " is not installed: apt-get install " + language.pack);
    if (!COMMANDS.containsKey(language)) {
      int out = language.words.indexOf("-o");
      List<String> words = language.words.stream().map(word -> word.startsWith("client.") ? CLIENTS.resolve(word).toString() : word)
          .map(word -> word.startsWith("client-") ? built.resolve(word).toString() : word).toList();
      if (out >= 0) {
        assertTrue(run(words), language.tool + " does not take " + language.words.getLast());
      }
      COMMANDS.put(language, out < 0 ? words : List.of(words.get(out + 1)));
    }
    return COMMANDS.get(language);
  }

  private static boolean run(List<String> words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return process.exitValue() == 0;
  }

  @ParameterizedTest @EnumSource void runsAsAChild(Language language) throws Exception {
    try (var service = Running.with(folder, Map.of(), List.of("shutdown.delay=60s", "shutdown.grace=100s", "control.expect=[work]"), command(language))) {
      long client = service.await("the client's number", () -> children(service), children -> !children.isEmpty()).getFirst();
      service.awaitProbe("/readyz/work", 200);
      lateKickIsInvalid(service, List.of(client));
      service.program.signal("TERM");
      service.awaitProbe("/readyz", 503);
      assertEquals(0, service.exit(), service.out());
      assertTrue(service.out().contains("drained\n"), service.out());
    }
  }

  private static List<Long> children(Running service) {
    return ProcessHandle.of(service.program.pid()).orElseThrow().children().map(ProcessHandle::pid).toList();
  }

  @ParameterizedTest @EnumSource void runsBesideAService(Language language) throws Exception {
    List<String> command = command(language);
    try (var service = Running.with(folder, Map.of(), List.of("shutdown.delay=20s", "shutdown.grace=60s", "control.token=0123456789abcdef"), List.of())) {
      var environment = Map.of("USERVICE_CONTROL", "http://127.0.0.1:" + service.control(), "USERVICE_CONTROL_TOKEN", "0123456789abcdef");
      try (var client = Program.launch(folder, environment, command)) {
        service.awaitProbe("/readyz/work", 200);
        lateKickIsInvalid(service, List.of(client.pid()));
        service.program.signal("TERM");
        assertEquals(0, client.exit(), client.out() + client.err());
        assertEquals("drained\n", client.out());
        assertEquals("failed: draining", service.awaitProbe("/readyz/work", 503));
        service.program.signal("TERM"); // the rest of the delay is of no interest
        service.exit();
      }
    }
  }

  /// Stops the client for a while as a debugger does, or a machine that is out of breath.
  private static void lateKickIsInvalid(Running service, List<Long> processes) throws Exception {
    service.await("work is counted", service::metrics, page -> page.contains("\nwork_done_total "));
    assertEquals(200, service.probe("/livez"));
    kill("STOP", processes);
    assertEquals("failed: not kicked within 2s", service.awaitProbe("/livez/loop", 503));
    assertEquals(503, service.probe("/health/alive"));
    kill("CONT", processes);
    service.awaitProbe("/health/alive", 200);
  }

  private static void kill(String signal, List<Long> processes) throws Exception {
    for (long process : processes) {
      assertTrue(run(List.of("kill", "-s", signal, Long.toString(process))));
    }
  }

  @Test void clientOfAnotherLanguageThatEndsOnTermDoesSoInOrder() throws Exception {
    try (var service = Running.with(folder, Map.of(), List.of(), command(Language.PYTHON))) {
      service.awaitProbe("/readyz/work", 200);
      service.program.signal("TERM"); // with no delay, TERM and the callback come together
      assertEquals(0, service.exit(), service.out());
      assertTrue(service.out().contains("drained\n"), service.out());
    }
  }

  @Test void javaClientRunsByTheJarItself() throws Exception {
    var java = new ArrayList<>(Program.java().subList(0, Program.java().indexOf("-m")));
    java.addAll(List.of("--add-modules", "uservice", CLIENTS.resolve("Client.java").toString()));
    runsByTheJarItself(java);
  }

  @Test void kotlinClientRunsByTheJarItself() throws Exception {
    Path compiler = Jars.of("kotlin-2");
    String chassis = Path.of(System.getProperty("jdk.module.path"), "uservice.jar").toAbsolutePath().toString();
    String library = compiler.resolve("kotlin-stdlib-2.3.0.jar").toString();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    assertTrue(run(List.of(java, "-cp", compiler + "/*", "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", "-jvm-target", "25", "-no-stdlib", "-no-reflect", "-cp",
        library + File.pathSeparator + chassis, "-d", folder.toString(), CLIENTS.resolve("Client.kt").toString())), "the compiler does not take Client.kt");
    runsByTheJarItself(List.of(java, "-cp", String.join(File.pathSeparator, folder.toString(), library, chassis), "ClientKt"));
  }

  /// The same story in one process: its debugger holds the thread that does the work.
  private void runsByTheJarItself(List<String> command) throws Exception {
    int port = free();
    int debugger = free();
    var environment = Map.of("HEALTH_PORT", Integer.toString(port), "JAVA_TOOL_OPTIONS", "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + debugger);
    try (var client = Program.launch(folder, environment, command)) {
      client.awaitOut("\"message\":\"ready\"");
      assertEquals(200, Http.get(port, "/readyz/work").status());
      assertEquals(200, Http.get(port, "/livez/loop").status());
      assertTrue(Http.get(port, "/metrics").body().contains("\nwork_done_total "));
      try (var jdb = Program.launch(folder, Map.of(), List.of(Path.of(System.getProperty("java.home"), "bin", "jdb").toString(), "-attach", "127.0.0.1:" + debugger))) {
        jdb.type("threads\n");
        Matcher worker = Pattern.compile("\\)(\\w+) +Thread-\\d+ ").matcher("");
        while (!worker.reset(jdb.out()).find()) { // bounded by the test's timeout
          Thread.sleep(5);
        }
        jdb.type("suspend " + worker.group(1) + "\n");
        awaitStatus(port, "/livez/loop", 503);
        assertEquals("failed: not kicked within 2s", Http.get(port, "/livez/loop").body());
        jdb.type("resume " + worker.group(1) + "\n");
        awaitStatus(port, "/livez/loop", 200);
      }
      client.signal("TERM");
      assertEquals(0, client.exit(), client.out() + client.err());
      assertTrue(client.out().contains("drained\n"), client.out());
    }
  }

  private static void awaitStatus(int port, String path, int status) throws Exception {
    while (Http.get(port, path).status() != status) { // bounded by the test's timeout
      Thread.sleep(20);
    }
  }

  @Test void readmeShowsThePythonClientWhole() throws Exception {
    assertTrue(Files.readString(Path.of("README.md")).contains("```python\n" + Files.readString(CLIENTS.resolve("client.py")) + "```\n"), "README.md and tests/clients/client.py differ");
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}

package uservice;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Linked;
import testing.Linked.Ended;
import testing.Program;
import uservice.json.Json;

/// The linked runtime: what is in it, which options it has, that its cache is used, and that it is whole or not there.
@Timeout(300)
class RuntimeTest {
  private static final String ARCHIVE = "lib/server/classes.jsa";
  private static final String[] ANY_PORTS = {"--set", "health.port=0", "--set", "web.port=0", "--set", "shutdown.delay=0s"};

  @TempDir Path folder;
  private Path runtime;

  @BeforeEach void link() throws Exception {
    runtime = Linked.runtime();
  }

  private Ended java(Path home, String... words) throws Exception {
    var command = new ArrayList<>(List.of(home.resolve("bin/java").toString()));
    command.addAll(List.of(words));
    return Linked.run(Map.of(), command.toArray(String[]::new));
  }

  private Path copy() throws Exception {
    Path copy = folder.resolve("moved");
    assertEquals(0, Linked.run(Map.of(), "cp", "-R", runtime.toString(), copy.toString()).exit());
    return copy;
  }

  /// How many classes come from the archive, and whether ours do.
  private long archived(Path home) throws Exception {
    Path log = folder.resolve("classes");
    assertEquals(0, java(home, "-Xlog:class+load:file=" + log, "-m", "uservice", "version").exit());
    try (Stream<String> lines = Files.lines(log)) {
      List<String> all = lines.toList();
      assertTrue(all.stream().anyMatch(line -> line.contains(" uservice.Main source:")), "our class was loaded");
      return all.stream().filter(line -> line.contains("source: shared objects file")).count();
    }
  }

  @Test void usesItsCacheWithoutBeingTold() throws Exception {
    Ended strict = java(runtime, "-XX:AOTMode=on", "-XX:AOTCache=" + runtime.resolve(ARCHIVE), "-m", "uservice", "version");
    assertEquals(0, strict.exit(), strict.text());
    assertTrue(archived(runtime) > 1000, "most classes are the archive's");
    assertTrue(archived(copy()) > 1000, "wherever the folder is");
  }

  @Test void startsWithoutACacheThatFits() throws Exception {
    Path copy = copy();
    Path cache = copy.resolve(ARCHIVE);
    byte[] whole = Files.readAllBytes(cache);
    for (byte[] bad : List.of(new byte[0], "not an archive".getBytes(StandardCharsets.US_ASCII), Arrays.copyOf(whole, whole.length / 2), broken(whole))) {
      Files.write(cache, bad);
      Ended ended = Linked.run(Map.of(), "sh", "-c", copy.resolve("bin/java") + " -m uservice version 2>/dev/null");
      assertEquals(0, ended.exit(), bad.length + " bytes");
      assertTrue(ended.text().startsWith("uservice "), ended.text());
    }
    Files.delete(cache);
    Ended ended = java(copy, "-m", "uservice", "version");
    assertEquals(0, ended.exit());
    assertTrue(ended.text().startsWith("uservice "), ended.text());
    assertEquals(0, archived(copy));
    assertEquals(1, java(copy, "-XX:AOTMode=on", "-XX:AOTCache=" + cache, "-m", "uservice", "version").exit(), "the strict mode can say no");
  }

  private static byte[] broken(byte[] whole) {
    byte[] broken = whole.clone();
    Arrays.fill(broken, 0, 64, (byte) 0x55);
    return broken;
  }

  @Test void hasTheOptionsThatAreWrittenDown() throws Exception {
    String flags = java(runtime, "-XX:+PrintFlagsFinal", "-m", "uservice", "version").text();
    for (String line : Files.readAllLines(Path.of("jlink/jvm"))) {
      if (line.startsWith("-XX:")) {
        String name = line.replaceFirst("-XX:[+-]?", "").replaceFirst("=.*", "");
        String value = line.contains("=") ? line.replaceFirst(".*=", "").replaceFirst("m$", "") : String.valueOf(line.startsWith("-XX:+"));
        String flag = flags.lines().filter(each -> each.matches("\\s*\\S+ " + name + " .*")).findFirst().orElseThrow(() -> new AssertionError(line));
        String found = flag.replaceFirst(".*?= *", "").replaceFirst(" .*", "");
        assertTrue(found.equals(value) || found.startsWith(value + ".") || found.equals(String.valueOf(mebibytes(value))), line + " is " + flag);
      }
    }
    assertTrue(flags.lines().anyMatch(line -> line.matches(".*\\bInitialHeapSize .*= 16777216 .*")), "-Xms16m");
  }

  private static long mebibytes(String value) {
    return value.matches("[0-9]+") ? Long.parseLong(value) << 20 : -1;
  }

  @Test void letsTheUserSayOtherwise() throws Exception {
    Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", "-XX:-UseSerialGC -XX:+UseG1GC -XX:MaxRAMPercentage=33");
    String flags = Linked.run(environment, runtime.resolve("bin/java").toString(), "-XX:+PrintFlagsFinal", "-m", "uservice", "version").text();
    assertTrue(flags.lines().anyMatch(line -> line.matches(".*\\bUseG1GC .*= true .*")), "another collector");
    assertTrue(flags.lines().anyMatch(line -> line.matches(".*\\bMaxRAMPercentage .*= 33\\.0.*")), "another share of memory");
    assertEquals(0, java(runtime, "-Xmx32m", "-m", "uservice", "version").exit());
  }

  @Test void livesAndEndsInOrder() throws Exception {
    Path file = Files.writeString(folder.resolve("uservice.yaml"), "hello: {limit: 1000000}\nlog: {level: info}\n");
    var words = new ArrayList<>(List.of("start", "-c", file.toString()));
    words.addAll(List.of(ANY_PORTS));
    try (var program = Program.launch(folder, Map.of(), Linked.command(), words.toArray(String[]::new))) {
      int health = program.port("health_port");
      int web = program.port("web_port");
      assertEquals("{\"name\":\"ready\",\"valid\":true}", Http.get(health, "/health/ready").body());
      for (int i = 1; i <= 100; i++) {
        assertEquals("{\"hello\":\"world\",\"request_num\":" + i + "}", Http.get(web, "/").body());
      }
      assertEquals(404, Http.get(web, "/nothing").status());
      Files.writeString(file, "hello: {limit: 1000000}\nlog: {level: debug}\n");
      program.signal("HUP");
      program.awaitOut("\"message\":\"configuration reloaded");
      program.signal("QUIT");
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!program.err().contains("Full thread dump") && System.nanoTime() < deadline) {
        Thread.sleep(10);
      }
      assertTrue(program.err().contains("Full thread dump"), "to stderr");
      program.signal("TERM");
      assertEquals(0, program.exit(), program.err());
      for (String line : program.out().lines().toList()) {
        Json.parse(line);
      }
    }
  }

  @Test void endsWhenMemoryRunsOut() throws Exception {
    Path file = Files.writeString(folder.resolve("large.yaml"), "hello: {greeting: [" + "a,".repeat(400_000) + "]}\n");
    try (var program = Program.launch(folder, Map.of(), Linked.command("-Xms6m", "-Xmx6m"), "parse", "-c", file.toString())) {
      assertEquals(3, program.exit());
      assertTrue(program.err().contains("Terminating due to java.lang.OutOfMemoryError"), program.err());
      assertEquals("", program.out());
    }
  }

  @Test void holdsNothingThatItCannotUse() throws Exception {
    Set<String> commands = new TreeSet<>(List.of(runtime.resolve("bin").toFile().list()));
    commands.remove("hwaas"); // where that module is
    assertEquals(Set.of("java", "uservice"), commands);
    for (String absent : List.of("lib/jrt-fs.jar", "lib/classlist", "lib/src.zip", "lib/ct.sym", "jmods", "include", "man")) {
      assertFalse(Files.exists(runtime.resolve(absent)), absent);
    }
    String modules = java(runtime, "--list-modules").text();
    assertEquals(Set.of("java.base", "java.logging", "jdk.httpserver", "jdk.unsupported"),
        modules.lines().filter(line -> line.matches("[a-z.]+@.*")).map(line -> line.replaceFirst("@.*", ""))
            .filter(name -> !name.startsWith("uservice")).collect(Collectors.toSet()));
    Ended symbols = Linked.run(Map.of(), "sh", "-c", "nm " + runtime.resolve("lib/server/libjvm.so"));
    assertTrue(symbols.text().contains("no symbols"), symbols.text());
    Ended failing = java(runtime, "-m", "uservice/uservice.Nothing");
    assertEquals(1, failing.exit());
  }

  @Test void hasALauncherForPeople() throws Exception {
    Path link = Files.createSymbolicLink(Linked.temporary().resolve("a link"), runtime.resolve("bin/uservice"));
    try (var program = Program.launch(folder, Map.of(), List.of(link.toString()), "parse", "--set", "hello.greeting=with a space")) {
      assertEquals(0, program.exit(), program.err());
      assertTrue(program.out().contains("greeting: with a space"), program.out());
    }
  }

  @Test void linksTheFeaturesThatAreAskedFor() throws Exception {
    Path alone = folder.resolve("alone");
    assertEquals(new Ended(0, ""), Linked.link(alone, Map.of(), "none"));
    assertFalse(java(alone, "--list-modules").text().contains("uservice.hello"));
    assertFalse(Files.exists(alone.resolve(ARCHIVE)));
    assertEquals(new Ended(0, ""), Linked.link(alone, Map.of(), "none", "hello"));
    assertTrue(java(alone, "--list-modules").text().contains("uservice.hello"), "and replaces what was there");
  }

  @Test void makesTheSameStaticArchiveTwice() throws Exception {
    Path one = folder.resolve("one");
    Path other = folder.resolve("elsewhere/other");
    assertEquals(new Ended(0, ""), Linked.link(one, Map.of(), "cds", "all"));
    assertEquals(new Ended(0, ""), Linked.link(other, Map.of("LC_ALL", "C.UTF-8", "TZ", "Asia/Tokyo"), "cds", "all"));
    assertEquals(-1, Files.mismatch(one.resolve(ARCHIVE), other.resolve(ARCHIVE)));
    assertEquals(-1, Files.mismatch(one.resolve("lib/modules"), other.resolve("lib/modules")));
    assertTrue(archived(one) > 500, "and it is used");
  }

  @Test void keepsTheListOfClassesFresh() throws Exception {
    Set<String> ours = new HashSet<>();
    for (File module : new File("build/modules").listFiles()) {
      try (var jar = new java.util.jar.JarFile(module)) {
        jar.stream().filter(entry -> entry.getName().endsWith(".class")).forEach(entry -> ours.add(entry.getName().replaceFirst("\\.class$", "")));
      }
    }
    List<String> listed = Files.readAllLines(Path.of("jlink/classes")).stream().filter(line -> line.matches("uservice/[^ ]+")).toList();
    long there = listed.stream().filter(ours::contains).count();
    assertTrue(there >= 200 && there >= listed.size() * 9 / 10, there + " of " + listed.size() + " listed classes are there: make classes");
  }

  @Test void refusesInOneLineAndLeavesNothing() throws Exception {
    Path out = Files.createDirectory(folder.resolve("out")).resolve("runtime");
    Files.writeString(Files.createDirectory(out).resolve("older"), "kept");
    refused("no feature 'helo' (module uservice.helo); there is: ", Linked.link(out, Map.of(), "aot", "hello", "helo"));
    refused("AOT=fast: aot, cds or none", Linked.link(out, Map.of(), "fast"));
    refused("'/nowhere' has no bin/jlink", Linked.run(Map.of(), "jlink/runtime", "/nowhere", "build/modules", out.toString(), "none"));
    refused("/nowhere has no uservice.jar: make build", Linked.run(Map.of(), "jlink/runtime", Linked.jdk().toString(), "/nowhere", out.toString(), "none"));
    Path jdk = Linked.temporary();
    Files.createSymbolicLink(jdk.resolve("bin"), Linked.jdk().resolve("bin"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    refused("is \"17.0.1\", not a JDK 25", Linked.run(Map.of(), "jlink/runtime", jdk.toString(), "build/modules", out.toString(), "none"));
    Path commands = Linked.temporary();
    for (String command : List.of("sh", "dirname", "sed", "ls", "sort", "tr", "grep", "rm", "mkdir", "head", "cut")) {
      Files.createSymbolicLink(commands.resolve(command), Path.of(Linked.run(Map.of(), "sh", "-c", "command -v " + command).text().strip()));
    }
    refused("strip is not there", Linked.link(out, Map.of("PATH", commands.toString()), "none"));
    assertEquals(List.of("older"), List.of(out.toFile().list()), "what was there is untouched");
    assertEquals(List.of("runtime"), List.of(out.getParent().toFile().list()), "and nothing lies beside it");
  }

  private static void refused(String why, Ended ended) {
    assertEquals(1, ended.exit(), ended.text());
    assertEquals(1, ended.text().lines().count(), ended.text());
    assertTrue(ended.text().startsWith("uservice: ") && ended.text().contains(why), ended.text());
  }

  @Test void isWholeOrNotThereWhenCutOff() throws Exception {
    Assumptions.assumeTrue(Linked.has("timeout"), "timeout is not installed");
    Path out = Files.createDirectory(folder.resolve("cut")).resolve("runtime");
    for (String time : List.of("0.3", "1", "2")) {
      Linked.run(Map.of(), "timeout", time, "jlink/runtime", Linked.jdk().toString(), "build/modules", out.toString(), "aot", "all");
      assertEquals(List.of(), List.of(out.getParent().toFile().list()), "cut off after " + time + " s");
    }
  }
}

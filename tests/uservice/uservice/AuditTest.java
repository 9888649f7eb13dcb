package uservice;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Linked;
import testing.Linked.Ended;
import uservice.json.Json;

/// The audit: that it passes what is right, and each thing that it refuses.
@Timeout(300)
class AuditTest {
  private static final String ALLOWED = "java.base,java.logging,jdk.httpserver,jdk.unsupported";
  private static final int JSON_BYTES_MAX = 16 << 20;

  @TempDir Path folder;
  private Path out;

  @BeforeEach void place() {
    out = folder.resolve("out");
  }

  private Ended audit(String... more) throws Exception {
    return audit(Map.of(), more);
  }

  private Ended audit(Map<String, String> instead, String... more) throws Exception {
    var options = new TreeMap<>(Map.of("modules", "build/modules", "source", "src", "jdk", Linked.jdk().toString(), "out", out.toString(), "version", "1.2.3",
        "date", "2026-01-01T00:00:00Z", "allowed", ALLOWED));
    options.putAll(instead);
    var command = new ArrayList<>(List.of(Linked.jdk().resolve("bin/java").toString(), "-p", "build/modules", "--add-modules", "uservice",
        "-cp", "build/audit/classes", "audit.Audit"));
    options.forEach((name, value) -> command.addAll(List.of("--" + name, value)));
    command.addAll(List.of(more));
    return Linked.run(Map.of(), command.toArray(String[]::new));
  }

  private Json json(String file) throws Exception {
    return Json.parse(Files.readAllBytes(out.resolve(file)), JSON_BYTES_MAX, Json.DEPTH_MAX);
  }

  private static Set<String> violations(Ended ended) {
    return ended.text().lines().filter(line -> line.startsWith("audit: ")).map(line -> line.substring("audit: ".length())).collect(Collectors.toSet());
  }

  private Path copy() throws Exception {
    Path copy = folder.resolve("runtime");
    assertEquals(0, Linked.run(Map.of(), "cp", "-R", Linked.runtime().toString(), copy.toString()).exit());
    return copy;
  }

  @Test void passesWhatIsBuiltHere() throws Exception {
    Ended ended = audit("--runtime", Linked.runtime().toString(), "--code-most", "1000000");
    assertEquals(0, ended.exit(), ended.text());
    assertTrue(ended.text().contains("Nothing to object to"), ended.text());
    Json report = json("report.json");
    assertEquals(List.of(), report.asList("/violations"));
    assertTrue(report.asLong("/code/uservice.yaml") > 500);
    assertTrue(report.asLong("/runtime/classes/java.base/java.lang") > 100);
    assertTrue(Files.readString(out.resolve("classes.txt")).contains("jdk.httpserver/sun/net/httpserver/ServerImpl.class\n"));
  }

  @Test void writesTheSameTwice() throws Exception {
    assertEquals(0, audit("--runtime", Linked.runtime().toString()).exit());
    Path first = out;
    out = folder.resolve("some/where/else");
    assertEquals(0, audit("--runtime", Linked.runtime().toString()).exit());
    for (String file : first.toFile().list()) {
      assertEquals(-1, Files.mismatch(first.resolve(file), out.resolve(file)), file);
    }
  }

  @Test void hasABillWithTheJdkAsItsOneComponent() throws Exception {
    assertEquals(0, audit().exit());
    Json bill = json("sbom.cdx.json");
    assertEquals("CycloneDX", bill.asString("/bomFormat"));
    assertEquals("1.6", bill.asString("/specVersion"));
    assertTrue(bill.asString("/serialNumber").matches("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"), bill.asString("/serialNumber"));
    assertEquals("2026-01-01T00:00:00Z", bill.asString("/metadata/timestamp"));
    assertEquals(1, bill.asList("/components").size());
    assertEquals("platform", bill.asString("/components/0/type"));
    assertEquals(sha256(Linked.jdk().resolve("lib/modules")), bill.asString("/components/0/hashes/0/content"));
    Json vex = json("vex.cdx.json");
    assertEquals(List.of(), vex.asList("/vulnerabilities"));
    assertEquals("urn:cdx:" + bill.asString("/serialNumber").substring("urn:uuid:".length()) + "/1", vex.asString("/externalReferences/0/url"));
  }

  @Test void statesWhereItComesFrom() throws Exception {
    assertEquals(0, audit("--revision", "0123456789abcdef0123456789abcdef01234567").exit());
    Json statement = json("provenance.json");
    assertEquals("https://in-toto.io/Statement/v1", statement.asString("/_type"));
    assertEquals("https://slsa.dev/provenance/v1", statement.asString("/predicateType"));
    var subjects = new HashMap<String, String>();
    statement.asList("/subject").forEach(subject -> subjects.put(subject.asString("/name"), subject.asString("/digest/sha256")));
    assertEquals(sha256(Path.of("build/modules/uservice.jar")), subjects.get("modules/uservice.jar"));
    assertEquals("0123456789abcdef0123456789abcdef01234567", statement.asString("/predicate/buildDefinition/resolvedDependencies/1/digest/gitCommit"));
  }

  @Test void hasTheHashesThatTheProgramTellsFromInside() throws Exception {
    assertEquals(0, audit("--runtime", Linked.runtime().toString()).exit());
    var audited = new TreeMap<String, String>();
    json("report.json").asList("/runtime/files").stream().filter(file -> file.asString("/kind").equals("-"))
        .forEach(file -> audited.put(file.asString("/path"), file.asString("/sha256")));
    Ended version = Linked.run(Map.of(), Linked.runtime().resolve("bin/uservice").toString(), "version", "--json");
    var told = new TreeMap<String, String>();
    Json.parse(version.text()).asMap("/files").forEach((path, hash) -> told.put(path, hash.asString()));
    assertEquals(audited, told);
  }

  @Test void refusesModulesThatAreNotAllowed() throws Exception {
    Ended ended = audit(Map.of("allowed", "java.base,java.logging,jdk.httpserver"), "--runtime", Linked.runtime().toString());
    assertEquals(1, ended.exit());
    assertEquals(Set.of("module uservice requires jdk.unsupported, which is not allowed", "module uservice reaches jdk.unsupported, which is not allowed",
        "the runtime holds module jdk.unsupported, which is not allowed"), violations(ended));
  }

  @Test void refusesTooMuchCode() throws Exception {
    Ended ended = audit("--code-most", "10");
    assertEquals(1, ended.exit());
    assertTrue(violations(ended).stream().allMatch(line -> line.matches("the chassis has \\d+ lines of code, more than 10")), ended.text());
  }

  @Test void refusesAJarThatIsTooLarge() throws Exception {
    Ended ended = audit("--jar-most", "uservice.hello=1000000,uservice.kafka=1000");
    assertEquals(1, ended.exit());
    assertTrue(violations(ended).stream().allMatch(line -> line.matches("uservice.kafka.jar has \\d+ bytes, more than 1000")), ended.text());
    assertEquals(1, violations(ended).size());
  }

  @Test void refusesWhatDoesNotBelongIntoARuntime() throws Exception {
    Path copy = copy();
    Files.write(copy.resolve("lib/libforeign.so"), new byte[] {0x7F, 'E', 'L', 'F', 2});
    Files.write(copy.resolve("bin/tool"), new byte[] {0x7F, 'E', 'L', 'F', 2});
    Files.writeString(copy.resolve("conf/key.pem"), "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\n");
    Files.writeString(copy.resolve("conf/db.properties"), "db.password=" + "correct4horse9battery\n");
    Files.createSymbolicLink(copy.resolve("conf/out"), Path.of("../../../etc/passwd"));
    chmod("4755", copy.resolve("bin/java"));
    chmod("666", copy.resolve("conf/net.properties"));
    chmod("777", copy.resolve("conf/security"));
    try (Stream<Path> legal = Files.list(copy.resolve("legal/java.logging"))) {
      for (Path licence : legal.toList()) {
        Files.delete(licence);
      }
    }
    Ended ended = audit("--runtime", copy.toString());
    assertEquals(1, ended.exit());
    assertEquals(Set.of(
        "runtime/lib/libforeign.so is machine code that the JDK does not have there",
        "runtime/bin/tool is machine code that the JDK does not have there",
        "runtime/conf/key.pem holds what looks like a private key",
        "runtime/conf/db.properties holds what looks like a password or token in clear text",
        "runtime/conf/out is a link to ../../../etc/passwd, which is outside",
        "runtime/bin/java has mode 4755: setuid or setgid",
        "runtime/conf/net.properties has mode 666: others may write to it",
        "runtime/conf/security has mode 777: others may write to it",
        "the runtime has no licence files for module java.logging"), violations(ended));
  }

  @Test void refusesWhatDoesNotBelongIntoAnImage() throws Exception {
    Path base = Files.createDirectories(folder.resolve("base"));
    Files.createDirectory(base.resolve("tmp"));
    chmod("1777", base.resolve("tmp"));
    Files.writeString(base.resolve("su"), "");
    chmod("4755", base.resolve("su"));
    Path ours = Files.createDirectories(folder.resolve("ours"));
    Path home = Files.createDirectories(ours.resolve("opt/uservice/lib"));
    Files.write(home.resolve("libother.so"), new byte[] {0x7F, 'E', 'L', 'F', 2});
    Files.writeString(home.resolve("a-name-that-is-longer-than-the-hundred-bytes-which-a-header-of-the-old-kind-has-room-for-and-so-needs-another"), "");
    Files.writeString(home.resolve("open"), "");
    chmod("757", home.resolve("open"));
    String first = "layer " + digest(tar(base)).substring(0, 12) + ": ";
    String second = "layer " + digest(tar(ours, "--owner=7", "--group=8")).substring(0, 12) + ": ";
    Path archive = archive("{\"config\":{\"Env\":[\"AWS=" + "AKIA" + "ABCDEFGHIJKLMNOP\"]}}", tar(base), tar(ours, "--owner=7", "--group=8"));
    Ended ended = audit("--image", archive.toString());
    assertEquals(1, ended.exit(), ended.text());
    Set<String> found = violations(ended);
    assertTrue(found.containsAll(Set.of(
        "the image's configuration holds what looks like an access key id of AWS",
        first + "su has mode 4755: setuid or setgid",
        second + "opt/uservice/lib/libother.so is machine code that the JDK does not have there",
        second + "opt/uservice/lib/open has mode 757: others may write to it",
        second + "opt/uservice/lib/open belongs to 7:8, not to 0:0")), ended.text());
    assertTrue(found.stream().anyMatch(line -> line.contains("which-a-header-of-the-old-kind-has-room-for-and-so-needs-another belongs to")), "long names are read");
    assertTrue(found.stream().noneMatch(line -> line.contains("tmp")), "the base may have /tmp");
    assertEquals(2, json("report.json").asList("/image/layers").size());
  }

  @Test void refusesAnImageThatIsNone() throws Exception {
    Path archive = Files.write(folder.resolve("none.tar"), tar(Files.createDirectories(folder.resolve("empty"))));
    Ended ended = audit("--image", archive.toString());
    assertEquals(1, ended.exit());
    assertTrue(ended.text().contains("has no index.json"), ended.text());
  }

  /// An OCI archive of these layers.
  private Path archive(String configuration, byte[]... layers) throws Exception {
    Path layout = Files.createDirectories(folder.resolve("layout"));
    Files.createDirectories(layout.resolve("blobs/sha256"));
    var described = new ArrayList<String>();
    for (byte[] layer : layers) {
      described.add("{\"digest\":\"sha256:" + blob(layout, layer) + "\"}");
    }
    String manifest = blob(layout, ("{\"config\":{\"digest\":\"sha256:" + blob(layout, configuration.getBytes(StandardCharsets.UTF_8)) + "\"},\"layers\":["
        + String.join(",", described) + "]}").getBytes(StandardCharsets.UTF_8));
    Files.writeString(layout.resolve("index.json"), "{\"manifests\":[{\"digest\":\"sha256:" + manifest + "\"}]}");
    return Files.write(folder.resolve("image.tar"), tar(layout));
  }

  private static String blob(Path layout, byte[] content) throws Exception {
    Files.write(layout.resolve("blobs/sha256").resolve(digest(content)), content);
    return digest(content);
  }

  private static byte[] tar(Path root, String... options) throws Exception {
    var command = new ArrayList<>(List.of("tar", "-c", "--sort=name", "--mtime=@0", "-C", root.toString()));
    command.addAll(List.of(options));
    command.add(".");
    return new ProcessBuilder(command).start().getInputStream().readAllBytes();
  }

  private static void chmod(String mode, Path file) throws Exception {
    assertEquals(0, Linked.run(Map.of(), "chmod", mode, file.toString()).exit());
  }

  private static String sha256(Path file) throws Exception {
    return digest(Files.readAllBytes(file));
  }

  private static String digest(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }
}

package uservice.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Modules;
import testing.Program;

/// The command's words, and what it says where they make no sense.
@Timeout(300)
class ManifestCommandTest {
  @TempDir Path folder;

  private void refused(int exit, String says, String... words) throws Exception {
    try (var program = Program.run(folder, Map.of(), Stream.concat(Stream.of("manifest"), Stream.of(words)).toArray(String[]::new))) {
      assertEquals(exit, program.exit(), program.err());
      assertTrue(program.err().startsWith("uservice manifest: " + says), program.err());
      assertEquals("", program.out());
    }
  }

  @Test void anUnknownKindListsTheKinds() throws Exception {
    try (var program = Program.run(folder, Map.of(), "manifest", "kubernets")) {
      assertEquals(2, program.exit());
      assertTrue(program.err().startsWith("uservice manifest: unknown kind 'kubernets', did you mean 'kubernetes'? There are:\n"), program.err());
      for (String kind : List.of("kubernetes", "podman", "compose", "helm", "prometheus", "grafana")) {
        assertTrue(program.err().contains("\n  " + kind + " "), program.err());
      }
    }
  }

  @Test void aConfigurationIsRefusedAsParseRefusesIt() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "health: {prot: 8079}\nhello: {limit: x}\n");
    var said = new ArrayList<String>();
    for (List<String> words : List.of(List.of("parse"), List.of("manifest", "kubernetes"), List.of("manifest", "helm", "--out", folder.toString()))) {
      try (var program = Program.run(folder, Map.of(), words.toArray(String[]::new))) {
        assertEquals(3, program.exit());
        assertEquals("", program.out());
        said.add(program.err());
      }
    }
    assertEquals(1, Set.copyOf(said).size(), said.toString());
    assertTrue(said.getFirst().contains("unknown key 'prot', did you mean 'port'?") && said.getFirst().contains("hello.limit"), said.getFirst());
    assertEquals(List.of("uservice.yaml"), names(folder), "nothing was written");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test void refusesWhatWouldBeDead() throws Exception {
    refused(1, "health.port is 0, another one at each start: name the port that the files should point at; web.host is '127.0.0.1', which nobody outside of the container reaches: 0.0.0.0 or ::",
        "kubernetes", "--set", "health.port=0", "--set", "web.host=127.0.0.1");
    refused(1, "health.port and web.port are both 9000, must differ", "podman", "--set", "health.port=9000", "--set", "web.port=9000", "--set", "hello.limit=1");
  }

  @Test void aSidecarIsFoundAtAPortThatStays() throws Exception {
    refused(1, "control.port is 0, another one at each start: name the port that the program should find", "kubernetes", "--sidecar", "x", "--set", "control.port=0");
    List<String> command = Modules.alone(folder.resolve("modules"), "uservice", "uservice.manifest", "uservice.hello");
    try (var program = Program.launch(folder, Map.of(), command, "manifest", "kubernetes", "--sidecar", "x")) {
      assertEquals(1, program.exit());
      assertEquals("uservice manifest: --sidecar needs module uservice.control, which is not in this image\n", program.err());
    }
  }

  @Test void refusesWordsThatMakeNoSense() throws Exception {
    refused(2, "missing kubernetes|podman", new String[0]);
    refused(2, "--replicas is '0', must be a whole number from 1 to 10000", "kubernetes", "--replicas", "0");
    refused(2, "--replicas is '1e3'", "kubernetes", "--replicas", "1e3");
    refused(2, "--max-replicas is 2, at least --replicas, which is 3", "kubernetes", "--replicas", "3", "--max-replicas", "2");
    refused(2, "--namespace is 'A b'", "kubernetes", "--namespace", "A b");
    refused(2, "--memory is '128', must be", "kubernetes", "--memory", "128");
    refused(2, "--memory is '1.5Gi', must be", "kubernetes", "--memory", "1.5Gi");
    refused(2, "--cpu is '0'", "kubernetes", "--cpu", "0");
    refused(2, "--image is 'a b'", "kubernetes", "--image", "a b");
    refused(2, "--image is '\n'", "kubernetes", "--image", "\n");
    refused(2, "--port is that of the program which --sidecar names", "kubernetes", "--port", "80");
    refused(2, "--port is '65536', must be a port", "kubernetes", "--sidecar", "x", "--port", "65536");
    refused(2, "--target is 'x': no port; write host:port", "prometheus", "--target", "x", "--only", "prometheus.yml");
    refused(2, "--out and --only exclude each other", "helm", "--out", "x", "--only", "y");
    refused(2, "helm is several files: --out DIR writes them all, --only FILE prints one of Chart.yaml, values.yaml, ", "helm");
    refused(2, "--only 'rules.yaml' is none of prometheus.yml, rules.yml", "prometheus", "--only", "rules.yaml");
  }

  @Test void writesIntoAFolderAndOverWhatWasThere() throws Exception {
    Path out = folder.resolve("a/b");
    for (int port : List.of(9001, 9002)) {
      String printed = Manifests.print(folder, "helm", "--out", out.toString(), "--set", "health.port=" + port);
      assertEquals(printed.lines().sorted().toList(), written(out).stream().map(Path::toString).sorted().toList());
      assertTrue(Files.readString(out.resolve("values.yaml")).contains("health: " + port));
    }
    assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve("Chart.yaml"))));
    Files.writeString(folder.resolve("file"), "");
    refused(1, "--out: " + folder.resolve("file/kubernetes.yaml") + " cannot be written", "kubernetes", "--out", folder.resolve("file").toString());
  }

  private static List<Path> written(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }

  @Test void thesameConfigurationGivesTheSameBytes() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "trace: {endpoint: 'http://x', headers: {a: b, c: d, e: f, g: h}}\nhealth: {checks: {z: {dns: z}, y: {dns: y}, x: {dns: x}}}\nhello: {}\n");
    assertEquals(Manifests.print(folder, "kubernetes"), Manifests.print(folder, "kubernetes"));
  }
}

package testing;

import module java.base;
import org.junit.jupiter.api.Assumptions;
import testing.Linked.Ended;

/// Podman with a storage of its own, which is gone when the tests are, and the image in it, built once from stand-ins for its bases.
public final class Engine {
  public static final String IMAGE = "localhost/uservice-test/uservice";
  private static final String DATE = "2026-01-01T00:00:00Z";
  private static Engine engine;

  private final Path folder;
  private final String podman;

  private Engine(Path folder) {
    this.folder = folder;
    this.podman = "podman --root " + folder + "/root --runroot " + folder + "/run --storage-driver vfs";
  }

  /// The engine with the image. Skips the test where there is none.
  public static synchronized Engine withImage() throws Exception {
    for (String command : List.of("podman", "runc", "strip")) {
      Assumptions.assumeTrue(Linked.has(command), command + " is not installed: apt-get install podman runc binutils");
    }
    Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "containers without privileges are not set up here: needs root");
    if (engine == null) {
      var made = new Engine(Linked.temporary());
      Ended info = made.podman(List.of("info"));
      Assumptions.assumeTrue(info.exit() == 0, "podman does not work here: " + info.text());
      made.must(made.command("tests/bases", Linked.jdk().toString(), made.podman.split(" ")));
      var trial = new ArrayList<>(made.run("uservice-test-trial", "--rm"));
      trial.addAll(List.of("localhost/uservice-test/jdk", "sh", "-c", ":"));
      Ended tried = Linked.run(Map.of(), trial.toArray(String[]::new));
      Assumptions.assumeTrue(tried.exit() == 0, "no container runs here: " + tried.text());
      made.must(Linked.run(Map.of("ENGINE", made.podman), "jlink/image", IMAGE, made.archive().toString(), DATE, "--isolation", "chroot",
          "--build-arg", "JDK_IMAGE=localhost/uservice-test/jdk", "--build-arg", "BASE_IMAGE=localhost/uservice-test/base", "--build-arg", "REVISION=tested"));
      engine = made;
    }
    return engine;
  }

  private Ended command(String first, String second, String[] more) throws Exception {
    var command = new ArrayList<>(List.of(first, second));
    command.addAll(List.of(more));
    return Linked.run(Map.of(), command.toArray(String[]::new));
  }

  private void must(Ended ended) {
    if (ended.exit() != 0) {
      throw new AssertionError(ended.text());
    }
  }

  /// The image as an OCI archive.
  public Path archive() {
    return folder.resolve("image.tar");
  }

  /// Runs podman to its end.
  public Ended podman(List<String> words) throws Exception {
    return Linked.run(environment(), Stream.concat(Stream.of(podman.split(" ")), words.stream()).toArray(String[]::new));
  }

  /// The command that runs a container as a cluster would: read-only, without a capability, with little memory.
  public List<String> run(String name, String... options) {
    var command = new ArrayList<>(List.of(podman.split(" ")));
    command.addAll(List.of("run", "--name", name, "--runtime", "runc", "--network", "host", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=512:512",
        "--read-only", "--read-only-tmpfs=false", "--cap-drop", "all", "--memory", "96m"));
    command.addAll(List.of(options));
    return command;
  }

  /// What `podman play kube` needs to know, since a pod cannot say it.
  private Map<String, String> environment() throws IOException {
    Path settings = folder.resolve("containers.conf");
    if (!Files.exists(settings)) {
      Files.writeString(settings, "[engine]\nruntime = \"runc\"\n[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=512:512\"]\n");
    }
    return Map.of("CONTAINERS_CONF", settings.toString());
  }

  /// Removes a container and a pod of this name, running or not.
  public void remove(String name) throws Exception {
    podman(List.of("pod", "rm", "--force", "--time", "0", name));
    podman(List.of("rm", "--force", "--time", "0", name));
  }
}

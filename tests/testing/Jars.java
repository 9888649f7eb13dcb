package testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;

/// Programs that run from jars, which Maven fetches once into `build/NAME` by the list `tests/NAME`: checksum and coordinates a line.
public final class Jars {
  private static final Map<String, Path> FETCHED = new ConcurrentHashMap<>();
  private static final ReentrantLock FETCHING = new ReentrantLock();

  private Jars() {}

  /// The folder with the jars of a list, fetched where they are not there yet; the test is skipped where they cannot be.
  public static Path of(String name) throws Exception {
    FETCHING.lock();
    try {
      if (!FETCHED.containsKey(name)) {
        FETCHED.put(name, fetched(name));
      }
      return FETCHED.get(name);
    } finally {
      FETCHING.unlock();
    }
  }

  private static Path fetched(String name) throws Exception {
    Path list = Path.of("tests", name);
    Path build = Files.createDirectories(Path.of("build"));
    Path target = build.resolve(name);
    Path done = target.resolve(".done");
    try (var guard = FileChannel.open(build.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE); var _ = guard.lock()) {
      if (!Files.exists(done) || Files.mismatch(list, done) >= 0) {
        fetch(Files.readAllLines(list).stream().filter(line -> !line.startsWith("#")).map(line -> line.split("[ :]+")).toList(), target);
        Files.copy(list, done);
      }
    }
    return target.toAbsolutePath();
  }

  /// Each part of a list is checksum, group, artifact, version.
  private static void fetch(List<String[]> list, Path target) throws Exception {
    Path pom = Files.createTempFile("uservice-jars", ".xml");
    Path printed = Files.createTempFile("uservice-jars", ".out");
    clear(target);
    var dependencies = list.stream().map(part -> ("<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>"
        + "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>").formatted(part[1], part[2], part[3]));
    Files.writeString(pom, "<project xmlns='http://maven.apache.org/POM/4.0.0'><modelVersion>4.0.0</modelVersion><groupId>tests</groupId>"
        + "<artifactId>jars</artifactId><version>1</version><packaging>pom</packaging><dependencies>" + dependencies.collect(Collectors.joining())
        + "</dependencies></project>");
    var maven = new ProcessBuilder("mvn", "-q", "-B", "-ntp", "-Dstyle.color=never", "-f", pom.toString(),
        "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies", "-DoutputDirectory=" + target.toAbsolutePath());
    maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
    maven.environment().put("MAVEN_OPTS", "--sun-misc-unsafe-memory-access=allow");
    try {
      boolean ended = maven.redirectErrorStream(true).redirectOutput(printed.toFile()).redirectInput(new File("/dev/null")).start()
          .waitFor(10, TimeUnit.MINUTES);
      String said = Files.readString(printed).lines().filter(line -> line.startsWith("[ERROR]")).findFirst().orElse("");
      assumeTrue(ended && said.isEmpty(), "Maven cannot fetch " + target.getFileName() + ": " + said);
    } catch (IOException absent) {
      assumeTrue(false, target.getFileName() + " is fetched by Maven: apt-get install maven");
    } finally {
      Files.delete(pom);
      Files.delete(printed);
    }
    for (String[] part : list) {
      Path jar = target.resolve(part[2] + "-" + part[3] + ".jar");
      String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
      if (!sum.equals(part[0])) {
        throw new AssertionError(jar + " has the checksum " + sum + ", expected " + part[0]);
      }
    }
  }

  private static void clear(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
  }
}

package process;

import module java.base;

/// How large the runtime is, by what it holds: on disk, and compressed as a registry may keep it (`zstd -19`, where it is
/// installed).
final class Sizes {
  private static final double DISK_MOST = 70;
  private static final double COMPRESSED_MOST = 19;
  /// The parts, in the order of the image's layers; what is left is the first.
  private static final Map<String, String> PARTS = parts();

  private final Path runtime;
  private final Report report;

  Sizes(Path runtime, Report report) {
    this.runtime = runtime;
    this.report = report;
  }

  private static Map<String, String> parts() {
    var parts = new LinkedHashMap<String, String>();
    parts.put("lib/server/libjvm.so", "the JVM");
    parts.put("lib/modules", "classes of the JDK and of uservice");
    parts.put("lib/server/classes.jsa", "AOT cache");
    return parts;
  }

  void measure() throws Exception {
    report.line("\n## Size of the runtime\n\n| part | file | on disk, MB | zstd -19, MB |\n|---|---|---|---|");
    var known = new HashSet<Path>();
    for (var part : PARTS.entrySet()) {
      Path file = runtime.resolve(part.getKey());
      known.add(file);
      row(part.getValue(), "`" + part.getKey() + "`", List.of(file));
    }
    List<Path> all = files();
    row("the rest: `java`, libraries, certificates, time zones, licences", "", all.stream().filter(file -> !known.contains(file)).toList());
    double disk = bytes(all) / 1e6;
    double compressed = row("together", "", all);
    report.figure("runtime with AOT cache on disk", disk, "MB", false, DISK_MOST);
    if (!Double.isNaN(compressed)) {
      report.figure("runtime with AOT cache, zstd -19", compressed, "MB", false, COMPRESSED_MOST);
    }
  }

  private double row(String what, String file, List<Path> files) throws Exception {
    double compressed = compressed(files);
    report.line("| %s | %s | %s | %s |".formatted(what, file, Report.number(bytes(files) / 1e6),
        Double.isNaN(compressed) ? "not measured: no `zstd`" : Report.number(compressed)));
    return compressed;
  }

  private List<Path> files() throws IOException {
    try (var tree = Files.walk(runtime)) {
      return tree.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static long bytes(List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  /// In MB; not a number where `zstd` is not installed.
  private static double compressed(List<Path> files) throws Exception {
    Process zstd;
    try {
      zstd = new ProcessBuilder("zstd", "-19", "-T0", "-q", "-c").redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException absent) {
      return Double.NaN;
    }
    Thread.ofVirtual().start(() -> {
      try (OutputStream in = zstd.getOutputStream()) {
        for (Path file : files) {
          Files.copy(file, in);
        }
      } catch (IOException ended) {
        zstd.destroy();
      }
    });
    long bytes = zstd.getInputStream().transferTo(OutputStream.nullOutputStream());
    return zstd.waitFor() == 0 ? bytes / 1e6 : Double.NaN;
  }
}

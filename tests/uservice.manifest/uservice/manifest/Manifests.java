package uservice.manifest;

import module java.base;
import testing.Program;

/// What the command writes, run as a process.
final class Manifests {
  private Manifests() {}

  /// The command's words before those of a call, in a folder where nothing is configured.
  static String print(Path folder, Map<String, String> environment, String... words) throws Exception {
    try (var program = Program.run(folder, environment, Stream.concat(Stream.of("manifest"), Stream.of(words)).toArray(String[]::new))) {
      int exit = program.exit();
      if (exit != 0 || !program.err().isEmpty()) {
        throw new AssertionError(String.join(" ", words) + ": " + exit + "\n" + program.out() + program.err());
      }
      return program.out();
    }
  }

  static String print(Path folder, String... words) throws Exception {
    return print(folder, Map.of(), words);
  }

  /// Every file of a kind by its path, written with `--out`.
  static SortedMap<String, String> files(Path folder, Map<String, String> environment, String kind, String... words) throws Exception {
    Path out = Files.createTempDirectory(folder, kind);
    print(folder, environment, Stream.concat(Stream.of(kind, "--out", out.toString()), Stream.of(words)).toArray(String[]::new));
    var files = new TreeMap<String, String>();
    try (Stream<Path> paths = Files.walk(out)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(out.relativize(path).toString(), Files.readString(path));
      }
    }
    return files;
  }
}

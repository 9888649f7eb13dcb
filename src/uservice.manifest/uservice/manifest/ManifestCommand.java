package uservice.manifest;

import module java.base;
import uservice.Feature;
import uservice.cli.Arguments;
import uservice.cli.Call;
import uservice.cli.Command;
import uservice.cli.Exit;
import uservice.cli.Failure;
import uservice.cli.Option;
import uservice.cli.UsageException;
import uservice.config.Configuration;
import uservice.config.NearestName;

/// `uservice manifest KIND`: writes deployment files from the configuration in force, to standard output or into a folder.
public final class ManifestCommand implements Command {
  /// For `ServiceLoader`.
  public ManifestCommand() {}

  @Override public String name() { return "manifest"; }

  @Override public String summary() { return "write deployment files from the configuration"; }

  @Override public String operands() { return String.join("|", Kind.words()); }

  @Override public int operandsMin() { return 1; }

  @Override public List<Option> options() {
    return Stream.of(CONFIGURATION, List.of(
        Option.of("DIR", "write files into this folder instead of to standard output", "--out"),
        Option.of("FILE", "print this one of several files", "--only")), Wanted.OPTIONS).flatMap(List::stream).toList();
  }

  @Override public int run(Call call) throws Exception {
    Arguments arguments = call.arguments();
    Kind kind = kind(arguments.operands().getFirst());
    if (arguments.has("--out") && arguments.has("--only")) {
      throw new UsageException("--out and --only exclude each other");
    }
    Wanted wanted = Wanted.of(arguments, Feature.class.getModule().getDescriptor().rawVersion().orElse("latest"), kind.alone());
    Configuration configuration = call.configuration();
    List<Written> files;
    try {
      files = kind.write(Facts.of(configuration, wanted.sidecar().isPresent()), wanted);
    } catch (Facts.Hidden hidden) {
      throw new Failure(hidden.getMessage(), hidden);
    }
    if (arguments.has("--out")) {
      for (Written file : files) {
        call.out().println(write(arguments.last("--out").orElseThrow(), file));
      }
    } else {
      call.out().print(one(kind, files, arguments.last("--only")).text());
    }
    return Exit.FINE.code();
  }

  private static Kind kind(String word) throws UsageException {
    for (Kind kind : Kind.values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    String near = NearestName.of(word, Kind.words()).map(name -> ", did you mean '" + name + "'?").orElse(".");
    var kinds = new StringBuilder("unknown kind '" + word + "'" + near + " There are:");
    for (Kind kind : Kind.values()) {
      kinds.append("\n  ").append(kind.word()).append(" ".repeat(12 - kind.word().length())).append(kind.summary());
    }
    throw new UsageException(kinds.toString());
  }

  private static Written one(Kind kind, List<Written> files, Optional<String> only) throws UsageException {
    if (only.isEmpty() && files.size() == 1) {
      return files.getFirst();
    }
    String names = String.join(", ", files.stream().map(Written::path).toList());
    if (only.isEmpty()) {
      throw new UsageException(kind.word() + " is several files: --out DIR writes them all, --only FILE prints one of " + names);
    }
    return files.stream().filter(file -> file.path().equals(only.get())).findAny()
        .orElseThrow(() -> new UsageException("--only '" + only.get() + "' is none of " + names));
  }

  /// Writes a file beside its place and moves it there, so that none is ever half there.
  private static Path write(String folder, Written file) throws Failure {
    Path path = Path.of(folder).resolve(file.path());
    try {
      Files.createDirectories(path.getParent());
      Path fresh = Files.createTempFile(path.getParent(), "." + path.getFileName(), ".new");
      try {
        Files.writeString(fresh, file.text());
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
      return path;
    } catch (IOException unwritten) {
      throw new Failure("--out: " + path + " cannot be written: " + unwritten, unwritten);
    }
  }
}

package uservice;

import module java.base;
import java.lang.module.ResolvedModule;

/// What this program is made of, as far as it can tell from inside.
public final class Build {
  private Build() {}

  /// The version of module `uservice`; `dev` where it was not built as a jar.
  public static String version() {
    return versionOf(Build.class.getModule());
  }

  /// The version of what runs it, as the JDK has it.
  public static String java() {
    return System.getProperty("java.runtime.version"); // Runtime.version() writes the same with streams
  }

  /// The modules beside the JDK's, by name, with their versions.
  public static SortedMap<String, String> modules() {
    var modules = new TreeMap<String, String>();
    for (Module module : ModuleLayer.boot().modules()) {
      if (!module.getName().startsWith("java.") && !module.getName().startsWith("jdk.")) {
        modules.put(module.getName(), versionOf(module));
      }
    }
    return modules;
  }

  /// The files that it runs from, each with its SHA-256 in hexadecimal: all of a linked runtime, by their paths in it; of a
  /// module path, the jars. Reads them whole.
  static SortedMap<String, String> files() throws IOException {
    var files = new TreeMap<String, String>();
    Path home = Path.of(System.getProperty("java.home"));
    for (ResolvedModule module : ModuleLayer.boot().configuration().modules()) {
      URI location = module.reference().location().orElseThrow();
      if (location.getScheme().equals("file")) {
        Path jar = Path.of(location);
        files.putAll(below(jar.getParent(), jar));
      } else if (module.name().equals("uservice")) {
        files.putAll(below(home, home));
      }
    }
    return files;
  }

  /// The regular files at or below `from`, named by their paths below `root`; links are not followed.
  private static Map<String, String> below(Path root, Path from) throws IOException {
    var files = new TreeMap<String, String>();
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path file : (Iterable<Path>) tree.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))::iterator) {
        files.put(root.relativize(file).toString(), sha256(file));
      }
    }
    return files;
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("BUG: every JDK has SHA-256", impossible);
    }
  }

  private static String versionOf(Module module) {
    ModuleDescriptor descriptor = module.getDescriptor();
    return descriptor == null ? "dev" : descriptor.rawVersion().orElse("dev");
  }
}

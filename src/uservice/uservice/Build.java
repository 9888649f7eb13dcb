package uservice;

import module java.base;

/// What this program is made of, as far as it can tell from inside.
final class Build {
  private Build() {}

  /// The version of module `uservice`; `dev` where it was not built as a jar.
  static String version() {
    return versionOf(Build.class.getModule());
  }

  static String java() {
    return System.getProperty("java.runtime.version"); // Runtime.version() writes the same with streams
  }

  /// The modules beside the JDK's, by name, with their versions.
  static SortedMap<String, String> modules() {
    var modules = new TreeMap<String, String>();
    for (Module module : ModuleLayer.boot().modules()) {
      if (!module.getName().startsWith("java.") && !module.getName().startsWith("jdk.")) {
        modules.put(module.getName(), versionOf(module));
      }
    }
    return modules;
  }

  private static String versionOf(Module module) {
    ModuleDescriptor descriptor = module.getDescriptor();
    return descriptor == null ? "dev" : descriptor.rawVersion().orElse("dev");
  }
}

package audit;

import module java.base;

/// A linked runtime: its files, and the classes and resources in `lib/modules`, by module.
record Linked(List<Item> files, SortedMap<String, List<String>> resources, Map<String, String> release) {

  static Linked read(Path runtime, Path jdk) throws IOException, InterruptedException {
    var release = new HashMap<String, String>();
    for (String line : Files.readAllLines(runtime.resolve("release"))) {
      int equals = line.indexOf('=');
      release.put(line.substring(0, equals), line.substring(equals + 1).replace("\"", ""));
    }
    return new Linked(Item.below(runtime), resources(runtime, jdk), release);
  }

  Set<String> modules() {
    var modules = new TreeSet<>(resources.keySet());
    modules.addAll(List.of(release.get("MODULES").split(" ")));
    return modules;
  }

  long classes(String module) {
    return resources.getOrDefault(module, List.of()).stream().filter(Linked::isClass).count();
  }

  static boolean isClass(String resource) {
    return resource.endsWith(".class");
  }

  /// What `jimage list` prints: `Module: NAME`, then its resources, indented.
  private static SortedMap<String, List<String>> resources(Path runtime, Path jdk) throws IOException, InterruptedException {
    Process list = new ProcessBuilder(jdk.resolve("bin/jimage").toString(), "list", runtime.resolve("lib/modules").toString())
        .redirectErrorStream(true).start();
    var resources = new TreeMap<String, List<String>>();
    String module = "";
    for (String line : new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
      if (line.startsWith("Module: ")) {
        module = line.substring("Module: ".length()).strip();
        resources.put(module, new ArrayList<>());
      } else if (line.startsWith("    ") && !module.isEmpty()) {
        resources.get(module).add(line.strip());
      }
    }
    if (list.waitFor() != 0 || resources.isEmpty()) {
      throw new IOException("jimage cannot list " + runtime.resolve("lib/modules"));
    }
    return resources;
  }

  Optional<Item> file(String path) {
    return files.stream().filter(item -> item.path().equals(path)).findFirst();
  }
}

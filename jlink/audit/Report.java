package audit;

import module java.base;

/// What people read in two minutes, and the same whole, as JSON.
final class Report {
  private static final int LARGEST = 12;

  private final Facts facts;
  private final List<String> violations;
  private final StringBuilder page = new StringBuilder();

  Report(Facts facts, List<String> violations) {
    this.facts = facts;
    this.violations = violations;
  }

  String text() {
    line("uservice " + facts.version() + ", JDK " + facts.release("JAVA_RUNTIME_VERSION") + " of " + facts.release("IMPLEMENTOR"));
    title("Modules: what each requires, and what its classes reach");
    facts.jars().requires().forEach((module, required) -> line(module + ": " + String.join(", ", required)
        + "; reaches " + String.join(", ", facts.jars().reaches().getOrDefault(module, new TreeSet<>()))));
    title("Lines of code, without blank lines and comments");
    facts.jars().code().forEach((name, lines) -> line(number(lines) + "  " + name));
    line(number(facts.jars().code().values().stream().mapToLong(Long::longValue).sum()) + "  in all");
    title("Jars, SHA-256");
    facts.jars().files().forEach(jar -> line(jar.sha256() + "  " + jar.path() + "  " + jar.size()));
    facts.linked().ifPresentOrElse(this::runtime, () -> line("\nNo runtime was looked at (make runtime)."));
    facts.image().ifPresentOrElse(this::image, () -> line("\nNo image was looked at (make image)."));
    title(violations.isEmpty() ? "Nothing to object to" : "Violations");
    violations.forEach(violation -> line("audit: " + violation));
    return page.toString();
  }

  private void runtime(Linked runtime) {
    title("Runtime: classes that it holds, by module (classes.txt names them)");
    for (String module : runtime.modules()) {
      line(number(runtime.classes(module)) + "  " + module + (licences(runtime, module) > 0 ? ", " + licences(runtime, module) + " licence files" : ""));
    }
    title("Runtime: the largest of " + runtime.files().stream().filter(Item::isFile).count() + " files, "
        + runtime.files().stream().mapToLong(Item::size).sum() + " bytes");
    runtime.files().stream().filter(Item::isFile).sorted(Comparator.comparingLong(Item::size).reversed()).limit(LARGEST)
        .forEach(file -> line(file.sha256() + "  " + file.path() + "  " + file.size()));
  }

  static long licences(Linked runtime, String module) {
    return runtime.files().stream().filter(file -> file.kind() != 'd' && file.path().startsWith("legal/" + module + "/")).count();
  }

  private void image(Image image) {
    title("Image " + image.digest() + ": layers");
    for (Image.Layer layer : image.layers()) {
      line(layer.digest() + "  " + (layer.ours() ? "ours" : "base") + "  " + layer.items().stream().filter(Item::isFile).count() + " files, "
          + layer.size() + " bytes, " + layer.compressed() + " compressed");
    }
  }

  Map<String, Object> json() {
    var json = Facts.ordered("version", facts.version(), "date", facts.date(), "jdk", facts.jdk(), "requires", facts.jars().requires(),
        "reaches", facts.jars().reaches(), "packages", facts.jars().packages(), "exports", facts.jars().exported(), "code", facts.jars().code(),
        "jars", files(facts.jars().files()));
    facts.linked().ifPresent(runtime -> {
      var classes = new TreeMap<String, Object>();
      runtime.resources().forEach((module, resources) -> classes.put(module, byPackage(resources)));
      json.put("runtime", Facts.ordered("modules", runtime.modules(), "classes", classes, "files", files(runtime.files())));
    });
    facts.image().ifPresent(image -> json.put("image", Facts.ordered("digest", image.digest(), "configDigest", image.configurationDigest(),
        "config", image.configuration(), "layers", image.layers().stream().map(layer -> Facts.ordered("digest", layer.digest(), "ours", layer.ours(),
            "compressed", layer.compressed(), "bytes", layer.size(), "files", files(layer.items()))).toList())));
    json.put("violations", violations);
    return json;
  }

  /// Every class and resource in the runtime outside of the project's packages, one a line.
  static String classes(Linked runtime) {
    return runtime.resources().entrySet().stream().filter(module -> !module.getKey().startsWith("uservice"))
        .flatMap(module -> module.getValue().stream().map(resource -> module.getKey() + "/" + resource + "\n")).collect(Collectors.joining());
  }

  private static SortedMap<String, Long> byPackage(List<String> resources) {
    var packages = new TreeMap<String, Long>();
    resources.stream().filter(Linked::isClass).forEach(resource ->
        packages.merge(resource.contains("/") ? resource.substring(0, resource.lastIndexOf('/')).replace('/', '.') : "", 1L, Long::sum));
    return packages;
  }

  private static List<Object> files(List<Item> items) {
    return items.stream().<Object>map(item -> Facts.ordered("path", item.path(), "kind", String.valueOf(item.kind()), "mode", Integer.toOctalString(item.mode()),
        "bytes", item.size(), "sha256", item.sha256())).toList();
  }

  private void title(String text) {
    line("\n" + text);
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  private static String number(long value) {
    return "%8d".formatted(value);
  }
}

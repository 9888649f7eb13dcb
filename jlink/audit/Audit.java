package audit;

import module java.base;

/// Reads jars, runtime and image, writes what they hold, and refuses what must not be there.
///
/// ```
/// audit.Audit --modules DIR --source DIR --jdk DIR --out DIR --version V --date D --allowed MODULE,… --code-most N
///             --jar-most MODULE=BYTES,… [--runtime DIR] [--image OCI-ARCHIVE] [--revision COMMIT]
/// ```
///
/// Writes `report.txt`, `report.json`, `classes.txt`, `sbom.cdx.json`, `vex.cdx.json` and `provenance.json` into OUT, prints the
/// report, and ends with 0; with 1 where something is refused, a line for each on stderr.
public final class Audit {
  private static final Set<String> OPTIONS = Set.of("modules", "source", "jdk", "out", "version", "date", "allowed", "code-most", "jar-most", "runtime", "image", "revision");
  private static final String HOME = "opt/uservice/";

  private final Map<String, String> options;
  private final Rules rules = new Rules();

  private Audit(Map<String, String> options) {
    this.options = options;
  }

  public static void main(String... arguments) throws InterruptedException {
    var options = new HashMap<String, String>();
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      options.put(arguments[i].replaceFirst("^--", ""), arguments[i + 1]);
    }
    if (arguments.length % 2 != 0 || !OPTIONS.containsAll(options.keySet()) || !options.keySet().containsAll(Set.of("modules", "source", "jdk", "out"))) {
      System.err.println("audit: unknown or missing options: " + String.join(" ", arguments));
      System.exit(2);
    }
    try {
      System.exit(new Audit(options).run());
    } catch (IOException unreadable) {
      System.err.println("audit: " + unreadable.getMessage());
      System.exit(1);
    }
  }

  private int run() throws IOException, InterruptedException {
    Path jdk = path("jdk").orElseThrow();
    Jars jars = Jars.read(path("modules").orElseThrow(), path("source").orElseThrow());
    Optional<Linked> runtime = path("runtime").isPresent() ? Optional.of(Linked.read(path("runtime").get(), jdk)) : Optional.empty();
    Optional<Image> image = path("image").isPresent() ? Optional.of(Image.read(path("image").get())) : Optional.empty();
    var allowed = new TreeSet<>(List.of(options.getOrDefault("allowed", "").split(",")));
    allowed.addAll(jars.names());
    check(jars, allowed);
    runtime.ifPresent(linked -> check(linked, allowed, jdk));
    image.ifPresent(built -> check(built, jdk));
    var facts = new Facts(options.getOrDefault("version", "dev"), options.getOrDefault("date", "1970-01-01T00:00:00Z"), jars, runtime, image,
        release(jdk), Item.sha256(Files.readAllBytes(jdk.resolve("lib/modules"))), Optional.ofNullable(options.get("revision")));
    write(facts);
    rules.violations().forEach(violation -> System.err.println("audit: " + violation));
    return rules.violations().isEmpty() ? 0 : 1;
  }

  private void check(Jars jars, Set<String> allowed) throws IOException {
    jars.requires().forEach((module, required) -> rules.modules("module " + module + " requires", Jars.names(required).toList(), allowed));
    jars.reaches().forEach((module, reached) -> rules.modules("module " + module + " reaches", reached, allowed));
    rules.secrets("", jars.content());
    rules.machineCode("", jars.content(), _ -> false);
    long chassis = jars.code().entrySet().stream().filter(each -> inChassis(each.getKey(), jars)).mapToLong(Map.Entry::getValue).sum();
    long most = Long.parseLong(options.getOrDefault("code-most", String.valueOf(Long.MAX_VALUE)));
    if (chassis > most) {
      rules.add("the chassis has " + chassis + " lines of code, more than " + most);
    }
    for (String bound : options.getOrDefault("jar-most", "").split(",")) {
      String module = bound.substring(0, Math.max(0, bound.indexOf('=')));
      long bytes = module.isEmpty() ? 0 : Files.size(path("modules").orElseThrow().resolve(module + ".jar"));
      if (!module.isEmpty() && bytes > Long.parseLong(bound.substring(module.length() + 1))) {
        rules.add(module + ".jar has " + bytes + " bytes, more than " + bound.substring(module.length() + 1));
      }
    }
  }

  /// Packages of features are named as their modules, or stand behind a module's name.
  private static boolean inChassis(String name, Jars jars) {
    return jars.names().stream().filter(module -> !module.equals("uservice")).noneMatch(module -> name.equals(module) || name.startsWith(module + ".") || name.startsWith(module + "/"));
  }

  private void check(Linked runtime, Set<String> allowed, Path jdk) {
    rules.modules("the runtime holds module", runtime.modules(), allowed);
    rules.permissions("runtime/", runtime.files(), true);
    rules.links("runtime/", runtime.files());
    rules.machineCode("runtime/", runtime.files(), path -> Files.exists(jdk.resolve(path)));
    rules.secrets("runtime/", runtime.files());
    for (String module : runtime.modules()) {
      if (!module.startsWith("uservice") && Report.licences(runtime, module) == 0) {
        rules.add("the runtime has no licence files for module " + module);
      }
    }
  }

  private void check(Image image, Path jdk) {
    rules.secret("the image's configuration", Facts.json(Facts.ordered("config", image.configuration())));
    for (Image.Layer layer : image.layers()) {
      String where = "layer " + layer.digest().substring("sha256:".length(), "sha256:".length() + 12) + ": ";
      rules.permissions(where, layer.items(), layer.ours());
      if (layer.ours()) {
        rules.owner(where, layer.items());
        rules.secrets(where, layer.items());
        rules.machineCode(where, layer.items(), path -> path.startsWith(HOME) && Files.exists(jdk.resolve(path.substring(HOME.length()))));
      }
    }
  }

  private void write(Facts facts) throws IOException {
    Path out = Files.createDirectories(path("out").orElseThrow());
    var report = new Report(facts, rules.violations());
    var bill = new Bill(facts);
    Files.writeString(out.resolve("report.txt"), report.text());
    Files.writeString(out.resolve("report.json"), Facts.json(report.json()) + "\n");
    Files.writeString(out.resolve("sbom.cdx.json"), Facts.json(bill.sbom()) + "\n");
    Files.writeString(out.resolve("vex.cdx.json"), Facts.json(bill.vex()) + "\n");
    Files.writeString(out.resolve("provenance.json"), Facts.json(new Provenance(facts).statement()) + "\n");
    Files.writeString(out.resolve("classes.txt"), facts.linked().map(Report::classes).orElse(""));
    System.out.print(Files.readString(out.resolve("report.txt")));
    System.out.println("\nWhole: " + out + "/report.json, classes.txt, sbom.cdx.json, vex.cdx.json, provenance.json");
  }

  private static Map<String, String> release(Path jdk) throws IOException {
    var release = new TreeMap<String, String>();
    for (String line : Files.readAllLines(jdk.resolve("release"))) {
      int equals = line.indexOf('=');
      release.put(line.substring(0, equals), line.substring(equals + 1).replace("\"", ""));
    }
    return release;
  }

  private Optional<Path> path(String option) {
    return Optional.ofNullable(options.get(option)).filter(text -> !text.isEmpty()).map(Path::of);
  }
}

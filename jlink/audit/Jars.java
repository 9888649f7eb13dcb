package audit;

import module java.base;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.util.spi.ToolProvider;

/// Our modular jars and their sources: who requires and who reaches whom, and how much there is.
///
/// @param files each jar
/// @param content what the jars hold
/// @param requires by module, the modules that its declaration names
/// @param reaches by module, the modules that `jdeps` finds in its classes
/// @param packages by package of ours, the packages of ours that it uses
/// @param code lines of code by package, without blank lines and comments
/// @param exported by module, its exported packages
record Jars(List<Item> files, List<Item> content, SortedMap<String, SortedSet<String>> requires, SortedMap<String, SortedSet<String>> reaches,
    SortedMap<String, SortedSet<String>> packages, SortedMap<String, Long> code, SortedMap<String, SortedSet<String>> exported) {

  static Jars read(Path modules, Path source) throws IOException {
    var files = new ArrayList<Item>();
    for (Item item : Item.below(modules)) {
      if (item.path().endsWith(".jar")) {
        files.add(item);
      }
    }
    var requires = new TreeMap<String, SortedSet<String>>();
    var exported = new TreeMap<String, SortedSet<String>>();
    for (ModuleReference module : ModuleFinder.of(modules).findAll()) {
      ModuleDescriptor descriptor = module.descriptor();
      requires.put(descriptor.name(), sorted(descriptor.requires().stream().map(each -> each.name() + (each.modifiers().isEmpty() ? "" : words(each)))));
      exported.put(descriptor.name(), sorted(descriptor.exports().stream().map(ModuleDescriptor.Exports::source)));
    }
    var reaches = new TreeMap<String, SortedSet<String>>();
    edges(modules, files, List.of("-s"), (from, to) -> reaches.computeIfAbsent(from, _ -> new TreeSet<>()).add(to));
    var packages = new TreeMap<String, SortedSet<String>>();
    edges(modules, files, List.of("-verbose:package"), (from, to) -> {
      if (from.startsWith("uservice") && to.startsWith("uservice") && !from.equals(to)) {
        packages.computeIfAbsent(from, _ -> new TreeSet<>()).add(to);
      }
    });
    return new Jars(files, content(modules, files), requires, reaches, packages, code(source), exported);
  }

  /// Our modules.
  Set<String> names() {
    return requires.keySet();
  }

  private static String words(ModuleDescriptor.Requires requires) {
    return requires.modifiers().stream().map(word -> " " + word.name().toLowerCase(Locale.ROOT)).filter(word -> !word.equals(" mandated")).sorted()
        .collect(Collectors.joining());
  }

  /// The names of the modules that are required, without `transitive` and `static`.
  static Stream<String> names(Collection<String> required) {
    return required.stream().map(each -> each.replaceFirst(" .*", ""));
  }

  /// Lines `FROM -> TO [WHERE]` of jdeps.
  private static void edges(Path modules, List<Item> files, List<String> options, BiConsumer<String, String> edge) {
    var out = new StringWriter();
    var arguments = new ArrayList<>(List.of("--multi-release", "base", "--module-path", modules.toString()));
    arguments.addAll(options);
    files.forEach(file -> arguments.add(modules.resolve(file.path()).toString()));
    int code = ToolProvider.findFirst("jdeps").orElseThrow().run(new PrintWriter(out), new PrintWriter(out), arguments.toArray(String[]::new));
    if (code != 0) {
      throw new IllegalStateException("jdeps failed: " + out);
    }
    out.toString().lines().map(line -> line.strip().split("\\s+")).filter(words -> words.length >= 3 && words[1].equals("->"))
        .forEach(words -> edge.accept(words[0], words[2]));
  }

  private static List<Item> content(Path modules, List<Item> files) throws IOException {
    var content = new ArrayList<Item>();
    for (Item file : files) {
      try (var jar = new ZipInputStream(Files.newInputStream(modules.resolve(file.path())))) {
        for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
          if (!entry.isDirectory()) {
            content.add(Item.file(file.path() + "!/" + entry.getName(), 0644, 0, 0, jar.readAllBytes()));
          }
        }
      }
    }
    return content;
  }

  private static SortedMap<String, Long> code(Path source) throws IOException {
    Predicate<String> nothing = java.util.regex.Pattern.compile("\\s*(//.*)?").asMatchPredicate();
    var code = new TreeMap<String, Long>();
    try (var tree = Files.walk(source)) {
      for (Path file : (Iterable<Path>) tree.filter(path -> path.toString().endsWith(".java")).sorted()::iterator) {
        Path below = source.relativize(file);
        String module = below.getName(0).toString();
        String name = below.getNameCount() == 2 ? module : below.subpath(1, below.getNameCount() - 1).toString().replace('/', '.');
        String shown = name.equals(module) || name.startsWith(module + ".") ? name : module + "/" + name; // a package that is not named as its module
        code.merge(shown, Files.readAllLines(file).stream().filter(nothing.negate()).count(), Long::sum);
      }
    }
    return code;
  }

  private static SortedSet<String> sorted(Stream<String> names) {
    return names.collect(Collectors.toCollection(TreeSet::new));
  }
}

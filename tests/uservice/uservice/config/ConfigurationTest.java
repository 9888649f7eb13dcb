package uservice.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import uservice.json.Json;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationTest {
  private static final Path DATA = Path.of("tests/data/config");
  static final Map<String, String> ENVIRONMENT = Map.of("PORT", "9000", "WORDS", "a b", "EMPTY", "", "PASSWORD", "hunter2");

  @TempDir
  Path folder;

  static List<Path> files(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(DATA)) {
      List<Path> found = files.filter(file -> file.getFileName().toString().matches(prefix + "-.*\\.yaml")).sorted().toList();
      assertFalse(found.isEmpty(), "no " + prefix + "-*.yaml in " + DATA);
      return found;
    }
  }

  /// The file named `x.yaml` in problems, so that the expected text does not hold its folder.
  static Source source(Path file) throws IOException {
    return Source.of(file.getFileName().toString(), Files.readString(file));
  }

  static Path expected(Path file) {
    return file.resolveSibling(file.getFileName().toString().replace(".yaml", ".txt"));
  }

  @Test
  void printsWhatIsInForce() throws Exception {
    for (Path file : files("ok")) {
      Configuration configuration = Configuration.load(Optional.of(source(file)), ENVIRONMENT, List.of(), Sample.SCHEMA, Sample.RESERVED);
      assertEquals(Files.readString(expected(file)), configuration.effective(), file.toString());
      assertEquals(configuration.effective(), Sample.load(configuration.effective(), Map.of()).effective(), file.toString());
    }
  }

  @Test
  void namesWhereOverridesComeFrom() throws ConfigurationException {
    Map<String, String> environment = Map.of("USERVICE_HEALTH_PORT", "1", "USERVICE_LOG_LEVELS_A", "debug", "USERVICE_DB", "{at: 'db:1', password: x, older: [y]}");
    String effective = Sample.load("log: {levels: {b: info}}", environment, "log.fields=[a]", "note=n\n: x", "log.levels.q\n=z").effective();
    for (String line : List.of(
        "note: \"n\\n: x\"  # from --set note\n",
        "  port: 1  # from environment variable USERVICE_HEALTH_PORT\n",
        "    b: info\n    a: debug  # from environment variable USERVICE_LOG_LEVELS_A\n    \"q\\n\": z  # from --set log.levels.q\\n\n",
        "  fields:  # from --set log.fields\n    - a\n",
        "  password: \"***\"  # from environment variable USERVICE_DB\n",
        "  older:  # from environment variable USERVICE_DB\n    - \"***\"\n")) {
      assertTrue(effective.contains(line), line + "in\n" + effective);
    }
    assertEquals(effective, Sample.load(effective, environment, "log.fields=[a]", "note=n\n: x", "log.levels.q\n=z").effective());
    String commentless = Pattern.compile("  # from .*").matcher(effective).replaceAll("");
    assertEquals(commentless, Sample.load(effective, Map.of()).effective());
  }

  @Test
  void readsNullAsNothing() throws ConfigurationException {
    for (String nothing : List.of("", "~", "null")) {
      assertEquals(Sample.root("{}"), Sample.root("health: " + nothing + "\nnote: " + nothing + "\ntls: " + nothing + "\n"));
      assertTrue(Sample.load("hello: " + nothing, Map.of()).section("hello").isPresent());
    }
    assertEquals(Sample.root("{}"), Sample.root(""));
    assertEquals(Sample.root("{}"), Sample.root("# nothing but a comment\n"));
  }

  @Test
  void textTakesAnyScalarByItsSource() throws ConfigurationException {
    for (String text : List.of("no", "1.10", "0755", "22:22", "1e3", "true", "2026-01-30", "0x1F", ".inf", "'~'", "\"null\"")) {
      assertEquals(Optional.of(text.replace("'", "").replace("\"", "")), Sample.root("note: " + text).note(), text);
    }
    assertEquals(Optional.of(""), Sample.root("note: ''").note());
    assertEquals(Optional.of("a\nb\n"), Sample.root("note: |\n  a\n  b\n").note());
  }

  @Test
  void interpolatesTheFileAlone() throws IOException, ConfigurationException {
    Path secret = Files.writeString(folder.resolve("secret"), "s3cret\n");
    Configuration configuration = Sample.load("""
        health: {port: "${PORT}", host: "${NOPE:-localhost}"}
        note: a ${WORDS} $$ $b
        log: {levels: {"${PORT}": "${EMPTY}"}, fields: ["${WORDS}"]}
        db: {at: "db:${PORT}", password: "${file:%s}"}
        """.formatted(secret), ENVIRONMENT);
    Sample sample = configuration.root(Sample.class);
    assertEquals(9000, sample.health().port());
    assertEquals("localhost", sample.health().host());
    assertEquals(Optional.of("a a b $ $b"), sample.note());
    assertEquals(Map.of("${PORT}", ""), sample.log().levels());
    assertEquals(List.of("a b"), sample.log().fields());
    assertEquals(Secret.of("s3cret"), ((Sample.Db) configuration.section("db").orElseThrow()).password());
    assertEquals(Optional.empty(), Sample.load("note: ${EMPTY}", ENVIRONMENT).root(Sample.class).note());
    assertEquals("", Sample.load("health: {host: '${EMPTY}'}", ENVIRONMENT).root(Sample.class).health().host());
  }

  @Test
  void readsFiles() throws Exception {
    Path file = Files.writeString(folder.resolve("app.yaml"), "\uFEFFhealth: {port: 1}\r\n");
    Configuration configuration = Configuration.load(Optional.of(Source.of(file)), Map.of(), List.of(), Sample.SCHEMA, Set.of());
    assertEquals(1, configuration.root(Sample.class).health().port());
    refuses("no such file", folder.resolve("none.yaml"));
    refuses("is a folder, not a file", folder);
    refuses("larger than 1MiB", Files.write(folder.resolve("large"), new byte[Source.BYTES_MAX + 1]));
  }

  private static void refuses(String fault, Path file) {
    Problems problems = assertThrows(ConfigurationException.class, () -> Source.of(file)).problems();
    assertEquals(file + ": error: " + fault + "\n1 problem; nothing was started\n", problems.render("nothing was started"));
  }

  @Test
  void addsASectionOfDefaults() throws ConfigurationException {
    Configuration none = Sample.load(Map.of());
    Configuration with = none.with("hello");
    assertEquals(Schema.defaults(Sample.Hello.class), with.section("hello").orElseThrow());
    assertTrue(with.effective().endsWith("hello:\n  greeting: world\n  counter: \"memory:\"\n  limit: 100\n"), with.effective());
    assertSame(with, with.with("hello"));
    assertEquals(Optional.empty(), none.section("hello"));
    assertThrows(ConfigurationException.class, () -> none.with("db"));
    assertThrows(IllegalArgumentException.class, () -> none.with("health"));
    assertThrows(IllegalArgumentException.class, () -> none.with("nope"));
  }

  @Test
  void tellsWhatChanged() throws ConfigurationException {
    Configuration one = Sample.load("{health: {port: 1}, log: {levels: {a: b}}, db: {at: 'x:1', password: p}}", Map.of());
    assertEquals(List.of(), one.changes(one));
    assertEquals(List.of("health.port", "log.levels", "tls", "db.password", "hello"),
        one.changes(Sample.load("{log: {levels: {a: c}}, tls: {cert: a, key: b}, db: {at: 'x:1', password: q}, hello: {}}", Map.of())));
    assertEquals(List.of("db"), one.changes(Sample.load("{health: {port: 1}, log: {levels: {a: b}}}", Map.of())));
  }

  @Test
  void knowsWhetherAnythingWasConfigured() throws ConfigurationException {
    assertTrue(Sample.load(Map.of("PATH", "/")).isEmpty());
    assertFalse(Sample.load("", Map.of()).isEmpty());
    assertFalse(Sample.load(Map.of("USERVICE_NAME", "x")).isEmpty());
    assertFalse(Sample.load(Map.of(), "name=x").isEmpty());
  }

  record Timed(Optional<Duration> every, @Default("1s") Duration pause, Optional<String> text) {}

  @Test
  void takesOffForNoTime() throws ConfigurationException {
    Schema schema = Schema.of(Timed.class);
    Configuration off = Configuration.load(Optional.of(Source.of("t.yaml", "every: off\ntext: off\n")), Map.of(), List.of(), schema, Set.of());
    assertEquals(new Timed(Optional.empty(), Duration.ofSeconds(1), Optional.of("off")), off.root(Timed.class));
    Configuration set = Configuration.load(Optional.of(Source.of("t.yaml", "every: 5s\n")), Map.of(), List.of("every=off"), schema, Set.of());
    assertEquals(Optional.empty(), set.root(Timed.class).every());
    var refused = assertThrows(ConfigurationException.class,
        () -> Configuration.load(Optional.of(Source.of("t.yaml", "pause: off\n")), Map.of(), List.of(), schema, Set.of()));
    assertEquals("t.yaml:1:8: error: pause is 'off', expected a duration with its unit, such as 500ms, 5s, 1m30s or 2h", refused.getMessage().lines().findFirst().orElseThrow());
    assertEquals("off", Json.parse(schema.jsonSchema()).asString("/properties/every/anyOf/1/const"));
  }

  @Test
  void recordsAreImmutable() throws ConfigurationException {
    Sample sample = Sample.root("log: {levels: {a: b}, fields: [x]}");
    assertThrows(UnsupportedOperationException.class, () -> sample.log().levels().put("x", "y"));
    assertThrows(UnsupportedOperationException.class, () -> sample.log().fields().add("x"));
  }

  private static final List<String> NASTY = List.of("", " ", "a", "yes", "No", "null", "~", "1e3", "0x1F", "1.10", "22:22", "'", "\"", "\\", "\n", "\r\n", "\t",
      ": ", " #", "#", "- ", "? ", "a: b", "a #b", " lead", "trail ", "${x}", "$$", "$", "{", "}", "[", "]", ",", "&a", "*a", "!t", "%d", "@", "`", "|", ">", "---", "...",
      "\u0000", "\u0007", "\u001B", "\u007F", "\u0085", "\u00A0", "\u2028", "\uFEFF", "\u200B", "\u202E", "ünï", "日本", "\uD83D\uDE00", "👩\u200D🚀", "e\u0301", "<<", "=", ".inf",
      "true", "-", "0o7", "1_000", "2026-01-30", "x".repeat(200), "a b c", "http://a/b?c=d", "/a:b", "a:", ":a");

  private static String nasty(Random random) {
    var text = new StringBuilder();
    for (int parts = random.nextInt(4); parts >= 0; parts--) {
      text.append(NASTY.get(random.nextInt(NASTY.size())));
    }
    return text.toString();
  }

  private static <T> List<T> list(Random random, Supplier<T> item) {
    return Stream.generate(item).limit(random.nextInt(3)).toList();
  }

  record Wild(String text, Optional<String> maybe, List<String> list, Map<String, String> map, List<List<String>> lists, List<Leaf> leaves, Map<String, Leaf> byName,
      Optional<Leaf> leaf, double number, long large, boolean bool, Duration time, Size size, Sample.When when, URI uri, Map<String, List<String>> deep) {}

  record Leaf(Optional<String> text, Map<String, String> map, List<Integer> numbers) {}

  private static Leaf leaf(Random random) {
    return new Leaf(random.nextBoolean() ? Optional.empty() : Optional.of(nasty(random)), Map.of(nasty(random), nasty(random)), list(random, random::nextInt));
  }

  /// What is printed reads back as the same records, whatever texts they hold.
  @Test
  void whatIsPrintedReadsBack() throws ConfigurationException {
    Schema schema = Schema.of(Wild.class);
    for (int seed = 0; seed < 2000; seed++) {
      var random = new Random(seed);
      var wild = new Wild(nasty(random), random.nextBoolean() ? Optional.empty() : Optional.of(nasty(random)), list(random, () -> nasty(random)),
          Map.of(nasty(random), nasty(random)), list(random, () -> list(random, () -> nasty(random))), list(random, () -> leaf(random)),
          Map.of(nasty(random), leaf(random)), random.nextBoolean() ? Optional.empty() : Optional.of(leaf(random)),
          new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 1e300, -0.0, random.nextDouble()}[random.nextInt(5)], random.nextLong(), random.nextBoolean(),
          Duration.ofMillis(random.nextLong(1L << 40)), new Size(random.nextLong(1L << 50)), Sample.When.FILE_CHANGE, URI.create("memory:/"),
          Map.of(nasty(random), list(random, () -> nasty(random))));
      String text = new Effective(Map.of()).text(schema, Map.of("", wild));
      try {
        Configuration read = Configuration.load(Optional.of(Source.of("effective", text)), Map.of("x", "put in"), List.of(), schema, Set.of());
        assertEquals(wild, read.root(Wild.class), "seed " + seed + "\n" + text);
        assertEquals(text, read.effective(), "seed " + seed);
      } catch (ConfigurationException refused) {
        throw new AssertionError("seed " + seed + "\n" + text + refused.problems(), refused);
      }
    }
  }
}

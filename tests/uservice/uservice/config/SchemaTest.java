package uservice.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import uservice.json.Json;

final class SchemaTest {
  record Ambiguous(@Default("1") int aB, A a) {
    record A(@Default("2") int b) {}
  }

  record AmbiguousMap(Map<String, String> levels, @Default("1") int levelsMax) {}

  record Injected(@Default("1") int servicePort) {}

  record Itself(@Default("1") int a, Optional<Itself> inner) {}

  record RawList(@SuppressWarnings("rawtypes") List list) {}

  record KeyedByNumber(Map<Integer, String> map) {}

  record Nested(Optional<Optional<String>> twice) {}

  record Unknown(StringBuilder text) {}

  record BadDefault(@Default("x") int number) {}

  record BadList(@Default("[1, x]") List<Integer> numbers) {}

  record OutOfRange(@Default("7") @Range(max = 6) int number) {}

  record OptionalDefault(@Default("x") Optional<String> text) {}

  record PatternOnNumber(@Pattern("x") @Default("1") int number) {}

  record RangeOnText(@Range(min = 1) @Default("1") String text) {}

  record NoValue(@Range(min = 2, max = 1) @Default("1") int number) {}

  record Deep(Optional<Deep.Low> low) {
    record Low(List<Low2> list) {}

    record Low2(@Default("1") int a, Map<String, Optional<String>> map) {}
  }

  private static void refuses(Class<? extends Record> type, String message) {
    assertEquals(message.replace("X.", type.getName() + "."),
        assertThrows(IllegalArgumentException.class, () -> {
          Schema schema = Schema.of(type);
          schema.markdown();
          Schema.defaults(type);
        }).getMessage());
  }

  @Test
  void refusesWhatAnAuthorGotWrong() {
    refuses(Ambiguous.class, "'a_b' and 'a.b' need other names: the variable USERVICE_A_B could mean either");
    refuses(AmbiguousMap.class, "'levels' and 'levels_max' need other names: the variable USERVICE_LEVELS_MAX could mean either");
    refuses(Injected.class, "'service_port' needs another name: Kubernetes itself sets the variable USERVICE_SERVICE_PORT where there is such a Service");
    refuses(RawList.class, "X.list: java.util.List is not a type that can be configured");
    refuses(KeyedByNumber.class, "X.map: java.util.Map<java.lang.Integer, java.lang.String> is not a type that can be configured");
    refuses(Nested.class, "X.twice: java.util.Optional<java.util.Optional<java.lang.String>> is not a type that can be configured");
    refuses(Unknown.class, "X.text: java.lang.StringBuilder is not a type that can be configured");
    refuses(BadDefault.class, "X.number: @Default is 'x', expected a whole number");
    refuses(BadList.class, "X.numbers: @Default: [1] is 'x', expected a whole number");
    refuses(OutOfRange.class, "X.number: @Default is '7', expected at most 6");
    refuses(OptionalDefault.class, "X.text: an Optional and a record have no @Default");
    refuses(PatternOnNumber.class, "X.number: @Pattern does not apply to int");
    refuses(RangeOnText.class, "X.text: @Range does not apply to String");
    refuses(NoValue.class, "X.number: @Range allows no value at all");
    assertTrue(assertThrows(IllegalArgumentException.class, () -> Schema.of(Itself.class)).getMessage().endsWith("Itself contains itself"));
    assertThrows(IllegalArgumentException.class, () -> Schema.of(Deep.class).markdown());
  }

  @Test
  void refusesSectionsThatCannotBe() {
    Schema schema = Sample.SCHEMA;
    for (String name : List.of("", "Orders", "or-ders", "1st", "_x", "ördërs", "db", "health")) {
      assertThrows(IllegalArgumentException.class, () -> schema.section(name, Sample.Hello.class), name);
    }
  }

  record Levels(Map<String, String> levels) {}

  record Above(@Default("1") int levelsMax) {}

  private static String refusal(Schema schema, Map<String, String> environment, String... settings) {
    return assertThrows(IllegalArgumentException.class,
        () -> Configuration.load(Optional.empty(), environment, List.of(settings), schema, Set.of())).getMessage();
  }

  /// Most sections are not configured, and to read one takes time.
  @Test
  void readsASectionWhenItIsConfiguredOrPrinted() throws ConfigurationException {
    Schema schema = Sample.SCHEMA.section("wrong", BadDefault.class).section("right", Sample.Hello.class);
    String message = BadDefault.class.getName() + ".number: @Default is 'x', expected a whole number";
    Configuration.load(Optional.empty(), Map.of("USERVICE_HEALTH_PORT", "1", "USERVICE_WRONGS", ""), List.of("health.host=x", "right={}"), schema,
        Set.of("USERVICE_WRONGS"));
    assertEquals(message, refusal(schema, Map.of("USERVICE_WRONG_NUMBER", "1")));
    assertEquals(message, refusal(schema, Map.of(), "wrong.number=1"));
    assertEquals(message, assertThrows(IllegalArgumentException.class, () -> schema.section("more", Sample.Hello.class).markdown()).getMessage());
    assertEquals(message, assertThrows(IllegalArgumentException.class, schema::jsonSchema).getMessage());
  }

  @Test
  void refusesAVariableOfTwoSections() throws ConfigurationException {
    Schema schema = Sample.SCHEMA.section("a", Levels.class).section("a_levels_b", Above.class);
    String message = "'a.levels' and 'a_levels_b' need other names: the variable USERVICE_A_LEVELS_B could mean either";
    assertEquals(message, refusal(schema, Map.of("USERVICE_A_LEVELS_B_C", "1")));
    assertEquals(message, assertThrows(IllegalArgumentException.class, schema::markdown).getMessage());
    assertEquals("1", ((Levels) Configuration.load(Optional.empty(), Map.of("USERVICE_A_LEVELS_C", "1"), List.of(), schema, Set.of()).section("a")
        .orElseThrow()).levels().get("c"));
  }

  @Test
  void refusesRecordsThatAreNotOpen() throws ClassNotFoundException {
    Class<?> closed = Class.forName("java.lang.reflect.Executable$ParameterData");
    String message = assertThrows(IllegalArgumentException.class, () -> SchemaReader.constructor(closed)).getMessage();
    assertTrue(message.startsWith("record java.lang.reflect.Executable$ParameterData cannot be read: write 'opens java.lang.reflect to "), message);
    assertTrue(message.endsWith(";' in the module-info of java.base"), message);
  }

  @Test
  void namesKeysInSnakeCase() {
    for (var pair : Map.of("ledgerTimeout", "ledger_timeout", "port", "port", "http2Port", "http2_port", "baseURL", "base_url", "a_b", "a_b", "x", "x",
        "onWeb", "on_web").entrySet()) {
      assertEquals(pair.getValue(), Key.snake(pair.getKey()));
    }
  }

  /// The class file's annotations are those that reflection finds.
  @Test
  void readsAnnotationsAsReflectionDoes() {
    for (Class<?> type : List.of(Sample.class, Sample.Health.class, Sample.Check.class, Sample.Db.class, Many.class)) {
      Map<String, Notes> notes = Notes.of(type);
      for (RecordComponent component : type.getRecordComponents()) {
        Doc doc = component.getAnnotation(Doc.class);
        Default fallback = component.getAnnotation(Default.class);
        Range range = component.getAnnotation(Range.class);
        Pattern pattern = component.getAnnotation(Pattern.class);
        assertEquals(new Notes(doc == null ? "" : doc.value(), fallback == null ? null : fallback.value(), range == null ? Long.MIN_VALUE : range.min(),
                range == null ? Long.MAX_VALUE : range.max(), pattern == null ? null : pattern.value()),
            notes.getOrDefault(component.getName(), Notes.NONE), component.toString());
      }
    }
  }

  @Retention(RetentionPolicy.RUNTIME)
  @interface Other {
    String[] texts() default {};

    Doc doc() default @Doc("x");

    Thread.State state() default Thread.State.NEW;

    Class<?> type() default Object.class;

    double number() default 1;

    long large() default 2;
  }

  record Many<T extends Comparable<T>>(
      @Other(texts = {"a", "b"}, doc = @Doc("not this"), state = Thread.State.BLOCKED, type = String.class, number = 2.5, large = 7)
      @Doc("ünïcödé \0 \uD83D\uDE00") @Default("") String first,
      @Range(max = Long.MAX_VALUE - 1) @Default("9000000000") long second, T third, int[] fourth) {
    static final long LARGE = 123_456_789_012L;
    static final double PI = 3.25;
    static final Supplier<String> LAMBDA = () -> "x" + LARGE + PI;
  }

  @Test
  void writesTheTable() throws IOException {
    assertEquals(Files.readString(Path.of("tests/data/config/schema.md")), Sample.SCHEMA.markdown());
  }

  @Test
  void writesTheJsonSchema() throws IOException {
    String text = Sample.SCHEMA.jsonSchema();
    assertEquals(Files.readString(Path.of("tests/data/config/schema.json")), text);
    Json schema = Json.parse(text);
    assertEquals(65535, schema.asLong("/properties/health/properties/port/anyOf/0/maximum"));
    assertEquals(8079, schema.asLong("/properties/health/properties/port/default"));
    assertEquals(List.of("at", "password"), schema.asList("/properties/db/required").stream().map(Json::asString).toList());
  }

  @Test
  void givesARecordOfDefaults() throws ConfigurationException {
    assertEquals(8079, Schema.defaults(Sample.class).health().port());
    var refused = assertThrows(ConfigurationException.class, () -> Schema.defaults(Sample.Tls.class));
    assertEquals("configuration: error: cert is missing; it has no default, write a path (and 1 more)", refused.getMessage());
  }
}

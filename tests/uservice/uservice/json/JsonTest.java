package uservice.json;

import module java.base;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class JsonTest {
  private static final Path DATA = Path.of("tests/data/json");

  @TestFactory Stream<DynamicTest> readsWhatIsJson() throws IOException {
    return cases("ok-").map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
      byte[] bytes = Files.readAllBytes(file);
      Json tree = Json.parse(bytes);
      assertEquals(tree, Json.parse(new String(bytes, UTF_8)));
      assertEquals(tree, Json.parse(tree.bytes()));
      assertEquals(tree.text(), Json.parse(tree.text()).text());
    }));
  }

  @TestFactory Stream<DynamicTest> refusesWhatIsNotWithTheReason() throws IOException {
    return cases("bad-").map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
      var fault = assertThrows(JsonException.class, () -> Json.parse(Files.readAllBytes(file)));
      String expected = Files.readString(Path.of(file.toString().replace(".json", ".txt"))).strip();
      assertEquals(expected, fault.getMessage());
    }));
  }

  private static Stream<Path> cases(String prefix) throws IOException {
    try (var files = Files.list(DATA)) {
      var found = files.filter(f -> f.getFileName().toString().matches(prefix + ".*\\.json")).sorted().toList();
      assertTrue(found.size() > 10, "cases are there");
      return found.stream();
    }
  }

  @Test void keepsTheTextOfNumbersAndTheOrderOfMembers() {
    var text = "{\"z\":1.10,\"a\":-0,\"m\":1E400,\"b\":12345678901234567890}";
    assertEquals(text, Json.parse(text).text());
  }

  @Test void saysWhereTheFaultIs() {
    var fault = assertThrows(JsonException.class, () -> Json.parse("{\n  \"é\": [1, 😀]}"));
    assertEquals(2, fault.line());
    assertEquals(12, fault.column());
    assertEquals(14, fault.offset());
    assertEquals("/é/1", fault.path());
    assertEquals("expected a value, found U+D83D", fault.reason());
  }

  @Test void limitsSizeInBytes() {
    assertEquals(new Json.Str("é"), Json.parse("\"é\"".getBytes(UTF_8), 4, 1));
    var fault = assertThrows(JsonException.class, () -> Json.parse("\"é\"".getBytes(UTF_8), 3, 1));
    assertEquals("text of 4 bytes, at most 3", fault.getMessage());
    assertEquals(-1, fault.offset());
    var spaces = " ".repeat(Json.BYTES_MAX - 3) + "\"é\"";
    assertEquals("text of 1048577 bytes, at most 1048576",
        assertThrows(JsonException.class, () -> Json.parse(spaces)).getMessage());
  }

  @Test void limitsDepth() {
    assertThrows(JsonException.class, () -> Json.parse("[[1]]".getBytes(UTF_8), 9, 1));
    assertEquals("[[1]]", Json.parse("[[1]]".getBytes(UTF_8), 9, 2).text());
    for (var open : List.of("[", "{\"a\":", "[{\"\":")) {
      var endless = open.repeat(100_000).getBytes(UTF_8);
      assertEquals("nested deeper than 64", assertThrows(JsonException.class, () -> Json.parse(endless)).reason());
      assertEquals("nested deeper than 512",
          assertThrows(JsonException.class, () -> Json.parse(endless, 1 << 20, 512)).reason());
    }
    assertThrows(IllegalArgumentException.class, () -> Json.parse(new byte[0], 9, 0));
    assertThrows(IllegalArgumentException.class, () -> Json.parse(new byte[0], 9, 513));
  }

  @Test void refusesLoneSurrogatesInText() {
    assertEquals("lone surrogate U+D83D, expected a pair of them",
        assertThrows(JsonException.class, () -> Json.parse("\"\ud83d\"")).reason());
    assertEquals("lone surrogate U+DE00, expected a pair of them",
        assertThrows(JsonException.class, () -> Json.parse("[\"a\ude00\"]")).reason());
    assertEquals("😀", Json.parse("\"\\ud83D\\uDe00\"").asString());
  }

  /// Whatever the bytes are, the answer is a tree that reads back the same, or a [JsonException].
  @Test void survivesAnyBytes() throws IOException {
    var random = new Random(8259);
    var seeds = Stream.concat(cases("ok-"), cases("bad-")).map(JsonTest::read).toList();
    int read = 0;
    for (int round = 0; round < 40_000; round++) {
      byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
      for (int change = random.nextInt(4); change > 0 && bytes.length > 0; change--) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
          case 0 -> bytes[at] = (byte) random.nextInt(256);
          case 1 -> bytes[at] = (byte) "{}[]\",:\\u0-+.eE".charAt(random.nextInt(15));
          case 2 -> bytes = Arrays.copyOf(bytes, at);
          default -> bytes[at] = bytes[random.nextInt(bytes.length)];
        }
      }
      try {
        Json tree = Json.parse(bytes);
        assertEquals(tree, Json.parse(tree.bytes()));
        read++;
      } catch (JsonException e) {
        assertTrue(e.offset() <= bytes.length && e.line() > 0 && e.column() > 0, e.getMessage());
      }
    }
    assertTrue(read > 1_000, "some are still JSON");
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Any tree comes back from its text.
  @Test void roundTripsAnyTree() {
    var random = new Random(25);
    for (int round = 0; round < 3_000; round++) {
      Json tree = any(random, 0);
      assertEquals(tree, Json.parse(tree.bytes()));
      assertEquals(tree, Json.of(tree));
    }
  }

  private static Json any(Random random, int depth) {
    return switch (random.nextInt(depth > 5 ? 5 : 7)) {
      case 0 -> new Json.Null();
      case 1 -> new Json.Bool(random.nextBoolean());
      case 2 -> Json.of(random.nextLong() >> random.nextInt(64));
      case 3 -> Json.of(Double.longBitsToDouble(random.nextLong() & ~(1L << 62)));
      case 4 -> new Json.Str(anyText(random));
      case 5 -> new Json.Arr(Stream.generate(() -> any(random, depth + 1)).limit(random.nextInt(5)).toList());
      default -> {
        var members = new LinkedHashMap<String, Json>();
        for (int i = random.nextInt(5); i > 0; i--) {
          members.put(anyText(random), any(random, depth + 1));
        }
        yield new Json.Obj(members);
      }
    };
  }

  private static String anyText(Random random) {
    int[] below = {0x20, 0x80, 0x800, 0x3000, 0xD800, 0x110000};
    return random.ints(random.nextInt(9), 0, below[random.nextInt(below.length)])
        .filter(c -> c < 0xD800 || c > 0xDFFF)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
  }

  @Test void findsValuesByPointer() {
    var order = Json.parse("""
        {"id": 7, "paid": true, "rate": 0.5, "lines": [{"sku": "a"}, {"sku": "b"}], "a/b": {"~": 1}, "": 2, "none": null}
        """);
    assertEquals(7, order.asLong("/id"));
    assertEquals(0.5, order.asDouble("/rate"));
    assertTrue(order.asBoolean("/paid"));
    assertEquals("b", order.asString("/lines/1/sku"));
    assertEquals(1, order.asLong("/a~1b/~0"));
    assertEquals(2, order.asLong("/"));
    assertEquals(2, order.asList("/lines").size());
    assertEquals(Set.of("~"), order.asMap("/a~1b").keySet());
    assertEquals(order, order.at(""));
    assertEquals(Optional.of(new Json.Null()), order.get("none"));
    assertEquals(Optional.empty(), order.get("note"));
    assertEquals(7L, order.get("id").map(Json::asLong).orElseThrow());
  }

  @Test void namesThePathOfWhatIsAbsentOrOfAnotherKind() {
    var order = Json.parse("{\"lines\":[{\"sku\":\"secret\"}],\"n\":1.5,\"big\":1e400,\"none\":null}");
    assertFault("at /lines/0: expected a member 'price', found none", () -> order.asLong("/lines/0/price"));
    assertFault("at /lines: expected an item '1', found 1 items", () -> order.at("/lines/1/sku"));
    assertFault("at /lines: expected an item '00', found 1 items", () -> order.at("/lines/00"));
    assertFault("at /lines: expected an item '-', found 1 items", () -> order.at("/lines/-"));
    assertFault("at /lines/0/sku: expected an object or array that holds 'x', found a string",
        () -> order.at("/lines/0/sku/x"));
    assertFault("at /lines/0/sku: expected a number, found a string", () -> order.asLong("/lines/0/sku"));
    assertFault("at /lines: expected an object, found an array", () -> order.asMap("/lines"));
    assertFault("at /none: expected true or false, found null", () -> order.asBoolean("/none"));
    assertFault("at /n: expected a whole number from -2^63 to 2^63-1, found 1.5", () -> order.asLong("/n"));
    assertFault("at /big: expected a number that a double can hold, found 1e400", () -> order.asDouble("/big"));
    assertFault("expected an array, found an object", order::asList);
    assertFault("expected an object, found a number", () -> Json.of(1).get("a"));
    assertEquals("'id' is no JSON pointer, write '/id'",
        assertThrows(IllegalArgumentException.class, () -> order.at("id")).getMessage());
  }

  private static void assertFault(String message, org.junit.jupiter.api.function.Executable call) {
    assertEquals(message, assertThrows(JsonException.class, call).getMessage());
  }

  @Test void readsWholeNumbersHoweverWritten() {
    var whole = Map.of("1e3", 1000L, "1.0", 1L, "-0", 0L, "9223372036854775807", Long.MAX_VALUE,
        "-9223372036854775808", Long.MIN_VALUE, "0e999999999", 0L, "12300e-2", 123L);
    whole.forEach((text, value) -> assertEquals(value, Json.parse(text).asLong(), text));
    for (var text : List.of("9223372036854775808", "0.1", "1e19", "1e999999999", "1e-999999999", "1e99999999999",
        "1".repeat(1_000_000))) {
      assertThrows(JsonException.class, () -> Json.parse(text).asLong());
    }
    assertThrows(JsonException.class, () -> Json.parse("1".repeat(1_000_000)).asDouble());
    assertEquals(0.1, Json.parse("0.1" + "0".repeat(1_000_000)).asDouble());
  }

  @Test void refusesTextThatIsNoNumber() {
    for (var text : List.of("", "-", "01", "NaN", "1 ", "+1", "1e", "0x1", "1.", "\u0661")) {
      assertThrows(IllegalArgumentException.class, () -> new Json.Num(text), text);
    }
  }

  enum Colour { RED }

  private record Order(String id, int request_num, Optional<Colour> colour, List<Duration> waits, int[] sizes, URI link) {}

  record Loop(List<Object> inner) {}

  record Failing(int x) {
    @Override public int x() {
      throw new UnsupportedOperationException("not today");
    }
  }

  @Test void turnsPlainValuesIntoATree() {
    var order = new Order("é", 3, Optional.of(Colour.RED), List.of(Duration.ofMillis(1500)), new int[] {1, 2}, URI.create("a:b"));
    var map = new LinkedHashMap<Object, Object>();
    map.put("order", order);
    map.put(7, new Object[] {null, 'c', true, 1.5f, new BigDecimal("1E+3"), Path.of("/tmp"), Optional.empty()});
    map.put(Colour.RED, Instant.EPOCH);
    assertEquals("{\"order\":{\"id\":\"é\",\"request_num\":3,\"colour\":\"RED\",\"waits\":[\"PT1.5S\"],\"sizes\":[1,2],"
        + "\"link\":\"a:b\"},\"7\":[null,\"c\",true,1.5,1E+3,\"/tmp\",null],\"RED\":\"1970-01-01T00:00:00Z\"}",
        Json.of(map).text());
  }

  @Test void refusesWhatHasNoFormInJson() {
    assertRefused("at /a/0: a java.lang.Object has no form in JSON", Map.of("a", List.of(new Object())));
    assertRefused("at /0: number 'NaN' needs a digit first", new double[] {Double.NaN});
    assertRefused("a key is null", Collections.singletonMap(null, 1));
    assertRefused("a key is a java.util.Optional", Map.of(Optional.empty(), 1));
    assertRefused("uservice.json.JsonTest$Failing.x threw java.lang.UnsupportedOperationException: not today", new Failing(1));
    var twice = new LinkedHashMap<Object, Object>(Map.of("1", 1));
    twice.put(1, 2);
    assertRefused("two keys are '1'", twice);
  }

  @Test void refusesCyclesAndBranchesWithoutEnd() {
    var inner = new ArrayList<>();
    var loop = new Loop(inner);
    inner.add(loop);
    assertRefused("at " + "/inner/0".repeat(32) + ": nested deeper than 64, does it contain itself?", loop);
    List<Object> wide = List.of();
    for (int i = 0; i < 60; i++) {
      wide = List.of(wide, wide);
    }
    var branches = wide;
    assertTrue(assertThrows(IllegalArgumentException.class, () -> Json.of(branches)).getMessage()
        .endsWith("more than 1000000 values"));
  }

  private static void assertRefused(String message, Object plain) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, () -> Json.of(plain)).getMessage());
  }

  @Test void treesDoNotChange() {
    var members = new LinkedHashMap<String, Json>(Map.of("a", new Json.Null()));
    var tree = new Json.Obj(members);
    members.clear();
    assertEquals("{\"a\":null}", tree.toString());
    assertThrows(UnsupportedOperationException.class, () -> tree.members().clear());
    assertThrows(UnsupportedOperationException.class, () -> ((Json.Arr) Json.parse("[1]")).items().clear());
    assertFalse(tree.equals(Json.parse("{}")));
    assertArrayEquals("{\"a\":null}".getBytes(UTF_8), tree.bytes());
  }
}

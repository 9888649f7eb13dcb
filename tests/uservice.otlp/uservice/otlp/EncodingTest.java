package uservice.otlp;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import testing.OtlpReceiver;

/// Both encodings against the bytes as they must be, and against a decoder that goes by the published proto alone.
class EncodingTest {
  private final Encoding json = new JsonSpans();
  private final Encoding protobuf = new ProtobufSpans();

  @Test void writesJsonAsTheSpecificationShowsIt() {
    assertEquals("""
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},\
        "scopeSpans":[{"scope":{"name":"uservice","version":"1.2"},"spans":[{\
        "traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","traceState":"a=1,b=2","parentSpanId":"eee19b7ec3c1b173","flags":771,\
        "name":"GET /users/{id}","kind":2,"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000","attributes":[\
        {"key":"text","value":{"stringValue":"é\\u0000\\"\\\\\\n😀"}},{"key":"empty","value":{"stringValue":""}},\
        {"key":"whole","value":{"intValue":"200"}},{"key":"least","value":{"intValue":"-9223372036854775808"}},{"key":"zero","value":{"intValue":"0"}},\
        {"key":"part","value":{"doubleValue":0.25}},{"key":"none","value":{"doubleValue":0}},\
        {"key":"yes","value":{"boolValue":true}},{"key":"no","value":{"boolValue":false}},\
        {"key":"list","value":{"arrayValue":{"values":[{"stringValue":"a"},{"stringValue":""}]}}},{"key":"nothing","value":{"arrayValue":{"values":[]}}}],\
        "droppedAttributesCount":4,"events":[{"timeUnixNano":"1544712660000000005","name":"retry","attributes":[{"key":"attempt","value":{"intValue":"2"}}]},\
        {"timeUnixNano":"1544712660000000006","name":"bare"}],"droppedEventsCount":5,\
        "links":[{"traceId":"00000000000000010000000000000002","spanId":"0000000000000003","traceState":"c=3",\
        "attributes":[{"key":"why","value":{"stringValue":"batch"}}],"flags":769},\
        {"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","traceState":"a=1,b=2","flags":259}],"droppedLinksCount":6,\
        "status":{"message":"the ledger is closed","code":2}}]}]}]}""",
        new String(json.encode(Spans.RESOURCE, "1.2", List.of(Spans.full())), StandardCharsets.UTF_8));
  }

  @Test void writesProtobufByteByByte() {
    var span = Spans.full();
    var small = new uservice.trace.SpanData(span.context(), 0, false, "n", span.kind(), 1, 2, List.of(Spans.attribute("k", 300L)), 0, List.of(), 0,
        List.of(), 0, uservice.trace.Span.Status.OK, "");
    assertEquals(String.join("",
        "0a", "7f", // resource_spans = 1
          "0a", "18", "0a16", "0a0c" + hex("service.name"), "1206", "0a04" + hex("shop"), // resource = 1, attributes = 1, key = 1, value = 2, string = 1
          "12", "63", // scope_spans = 2
            "0a", "0f", "0a08" + hex("uservice"), "1203" + hex("1.2"), // scope = 1
            "12", "50", // spans = 2
              "0a10", "5b8efff798038103d269b633813fc60c", "1208", "eee19b7ec3c1b174", // trace_id = 1, span_id = 2
              "1a07" + hex("a=1,b=2"), // trace_state = 3
              "2a01" + hex("n"), "3002", // name = 5, kind = 6
              "390100000000000000", "410200000000000000", // start = 7, end = 8
              "4a08", "0a01" + hex("k"), "1203", "18ac02", // attributes = 9, int = 3
              "7a02", "1801", // status = 15, code = 3
              "850103010000"), // flags = 16, fixed32
        HexFormat.of().formatHex(protobuf.encode(Spans.RESOURCE, "1.2", List.of(small))));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test void bothSayTheSame() {
    List<uservice.trace.SpanData> spans = List.of(Spans.full(), Spans.plain("plain"));
    var fromJson = OtlpReceiver.decode(json.encode(Spans.RESOURCE, "1.2", spans), true);
    var fromProtobuf = OtlpReceiver.decode(protobuf.encode(Spans.RESOURCE, "1.2", spans), false);
    assertEquals(fromJson, fromProtobuf);
    var full = fromProtobuf.spans().getFirst();
    assertEquals(Map.of("service.name", "shop"), fromProtobuf.resource());
    assertEquals("5b8efff798038103d269b633813fc60c", full.traceId());
    assertEquals("eee19b7ec3c1b173", full.parentSpanId());
    assertEquals(0x303, full.flags());
    assertEquals(2, full.kind());
    assertEquals(Arrays.asList("é\u0000\"\\\n😀", "", 200L, Long.MIN_VALUE, 0L, 0.25, 0.0, true, false, List.of("a", ""), List.of()), List.copyOf(full.attributes().values()));
    assertEquals(List.of(4L, 5L, 6L), List.of(full.attributesDropped(), full.eventsDropped(), full.linksDropped()));
    assertEquals(new OtlpReceiver.Event(Spans.START + 5, "retry", Map.of("attempt", 2L)), full.events().getFirst());
    assertEquals(new OtlpReceiver.Link("00000000000000010000000000000002", "0000000000000003", "c=3", Map.of("why", "batch"), 0x301), full.links().getFirst());
    assertEquals(2, full.status());
    assertEquals("the ledger is closed", full.message());
    assertEquals("", fromProtobuf.spans().get(1).parentSpanId());
  }

  @Test void kindsAndStatesHaveTheirNumbers() {
    assertEquals(List.of("INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"), Arrays.stream(uservice.trace.Span.Kind.values()).map(Enum::name).toList());
    assertEquals(List.of("UNSET", "OK", "ERROR"), Arrays.stream(uservice.trace.Span.Status.values()).map(Enum::name).toList());
  }

  @ParameterizedTest @CsvSource({"0", "1", "63", "64", "65", "1000"})
  void messagesOfEveryLengthHaveIt(int chars) {
    for (int length : new int[] {chars, 127, 128, 16_383, 16_384, 70_000}) {
      var bytes = new Proto().textAlways(1, "x".repeat(length)).message().text(2, "é".repeat(length)).end(3).toByteArray();
      var in = ByteBuffer.wrap(bytes);
      assertEquals(1 << 3 | 2, in.get());
      assertEquals(length, varint(in));
      in.position(in.position() + length);
      assertEquals(3 << 3 | 2, in.get());
      assertEquals(varint(in), in.remaining());
    }
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  @Test void negativeNumbersTakeTenBytes() {
    assertArrayEquals(HexFormat.of().parseHex("08ffffffffffffffffff01"), new Proto().numberAlways(1, -1).toByteArray());
    assertArrayEquals(HexFormat.of().parseHex("08" + "808080808080808080" + "01"), new Proto().numberAlways(1, Long.MIN_VALUE).toByteArray());
  }

  @Test void anOpenMessageIsABug() {
    assertThrows(IllegalStateException.class, () -> new Proto().message().toByteArray());
  }

  @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "{}|0|``", "{\"partialSuccess\":{}}|0|``", "{\"partialSuccess\":{\"rejectedSpans\":\"3\",\"errorMessage\":\"too old\"}}|3|too old",
      "{\"partialSuccess\":{\"rejectedSpans\":3}}|3|``", "{\"partialSuccess\":{\"errorMessage\":\"slower\"}}|0|slower",
      "{\"partialSuccess\":{\"rejectedSpans\":\"x\"}}|0|``", "{\"partialSuccess\":[]}|0|``", "[]|0|``", "no json|0|``", "``|0|``", "{\"partialSuccess\":{\"rejectedSpans\":\"99999999999999999999\"}}|0|``"})
  void readsWhatIsSaidInJson(String body, long rejected, String message) {
    assertEquals(new Encoding.Said(rejected, message), json.read(true, body.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest @CsvSource({"'',0,''", "0a00,0,''", "0a0b08031207746f6f206f6c64,3,too old", "0a020803,3,''", "0a0912077374696c6c6f6b,0,stillok",
      // fields that nobody knows, of each type, are passed over
      "1005 1a0201ff 210102030405060708 2d01020304 0a020803,3,''",
      // cut, a length too long, a varint without end, a type that is none
      "0a,0,''", "0a05,0,''", "0a0908,0,''", "0affffffffffffffffffff01,0,''", "0b,0,''", "ff,0,''", "0a02087f,127,''", "0aff,0,''", "08030a02,0,''"})
  void readsWhatIsSaidInProtobuf(String body, long rejected, String message) {
    assertEquals(new Encoding.Said(rejected, message), protobuf.read(true, HexFormat.of().parseHex(body.replace(" ", ""))));
  }

  @Test void readsRefusals() {
    assertEquals(new Encoding.Said(0, "no such tenant"), json.read(false, "{\"code\":5,\"message\":\"no such tenant\",\"details\":[]}".getBytes(StandardCharsets.UTF_8)));
    assertEquals(new Encoding.Said(0, "gone"), protobuf.read(false, HexFormat.of().parseHex("08051204676f6e65")));
    assertEquals(Encoding.Said.NOTHING, json.read(false, "<html>".getBytes(StandardCharsets.UTF_8)));
    assertEquals(Encoding.Said.NOTHING, protobuf.read(false, "<html>502 Bad Gateway</html>".getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest @ValueSource(booleans = {true, false})
  void survivesAnyAnswer(boolean success) {
    var random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      var body = new byte[random.nextInt(24)];
      random.nextBytes(body);
      protobuf.read(success, body);
      json.read(success, body);
    }
  }
}

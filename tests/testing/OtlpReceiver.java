package testing;

import module java.base;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import javax.net.ssl.SSLContext;

/// A collector for tests: takes OTLP over HTTP in both encodings, decodes them by the published proto with code of its own, and
/// holds every rule that the specification has for senders. What breaks one is answered with 400 and kept in [#faults()].
public final class OtlpReceiver implements AutoCloseable {
  /// A span as it was received, whichever encoding it came in.
  public record Span(String traceId, String spanId, String parentSpanId, String traceState, long flags, String name, int kind, long start,
      long end, Map<String, Object> attributes, long attributesDropped, List<Event> events, long eventsDropped, List<Link> links,
      long linksDropped, int status, String message) {}

  public record Event(long time, String name, Map<String, Object> attributes) {}

  public record Link(String traceId, String spanId, String traceState, Map<String, Object> attributes, long flags) {}

  /// One request that held to the rules.
  public record Request(Map<String, Object> resource, String scope, String scopeVersion, List<Span> spans, Map<String, List<String>> headers) {}

  /// What to answer; the body may depend on how the request was encoded.
  public record Answer(int status, Map<String, String> headers, Function<Boolean, byte[]> body) {
    public static Answer of(int status, String... headers) {
      var fields = new LinkedHashMap<String, String>();
      for (int i = 0; i < headers.length; i += 2) {
        fields.put(headers[i], headers[i + 1]);
      }
      return new Answer(status, fields, json -> json ? "{}".getBytes(StandardCharsets.UTF_8) : new byte[0]);
    }

    /// Success but for some spans.
    public static Answer partial(int rejected, String message) {
      return new Answer(200, Map.of(), json -> json
          ? ("{\"partialSuccess\":{\"rejectedSpans\":\"" + rejected + "\",\"errorMessage\":\"" + message + "\"}}").getBytes(StandardCharsets.UTF_8)
          : proto(1, concat(varintField(1, rejected), proto(2, message.getBytes(StandardCharsets.UTF_8)))));
    }

    /// A refusal with a `google.rpc.Status`.
    public static Answer refused(int status, String message, String... headers) {
      return new Answer(status, of(status, headers).headers(), json -> json
          ? ("{\"code\":3,\"message\":\"" + message + "\"}").getBytes(StandardCharsets.UTF_8)
          : concat(varintField(1, 3), proto(2, message.getBytes(StandardCharsets.UTF_8))));
    }
  }

  private static final int PATIENCE_SECONDS = 30;

  private final HttpServer server;
  private final String path;
  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final Deque<Answer> answers = new ConcurrentLinkedDeque<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final Set<Integer> connections = ConcurrentHashMap.newKeySet();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  private OtlpReceiver(HttpServer server, String path) {
    this.server = server;
    this.path = path;
  }

  /// Listens on a free loopback port.
  public static OtlpReceiver open() throws IOException {
    return open(0, "/v1/traces");
  }

  public static OtlpReceiver open(int port, String path) throws IOException {
    return new OtlpReceiver(HttpServer.create(address(port), 0), path).start();
  }

  /// The same behind TLS.
  public static OtlpReceiver secure(SSLContext tls) throws IOException {
    HttpsServer server = HttpsServer.create(address(0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return new OtlpReceiver(server, "/v1/traces").start();
  }

  private static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private OtlpReceiver start() {
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
    return this;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /// Answers the next request with this, those after it with what is queued behind, and the rest with success.
  public OtlpReceiver answer(Answer... next) {
    answers.addAll(List.of(next));
    return this;
  }

  /// Keeps all answers back until the latch is open.
  public OtlpReceiver gate(CountDownLatch latch) {
    gate = latch;
    return this;
  }

  /// How many requests came, refused ones too.
  public int asked() {
    return asked.get();
  }

  /// How many connections the requests came on.
  public int connections() {
    return connections.size();
  }

  /// What was against the rules.
  public List<String> faults() {
    return List.copyOf(faults);
  }

  /// The next request, once it is there.
  public Request next() throws InterruptedException {
    Request next = requests.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no request came; faults: " + faults);
    }
    return next;
  }

  /// Waits until so many spans have come, and returns them in their order.
  public List<Span> spans(int count) throws InterruptedException {
    var spans = new ArrayList<Span>();
    while (spans.size() < count) {
      spans.addAll(next().spans());
    }
    return spans;
  }

  /// The requests that have come and nobody asked for.
  public List<Request> rest() {
    var rest = new ArrayList<Request>();
    requests.drainTo(rest);
    return rest;
  }

  private void handle(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    connections.add(exchange.getRemoteAddress().getPort());
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean json = "application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"));
    Answer answer = answers.poll();
    try {
      gate.await();
      Request request = read(exchange, body, json);
      if (answer == null || answer.status() == 200) {
        requests.add(request);
      }
    } catch (Exception broken) {
      faults.add(broken.toString());
      answer = Answer.of(400);
    }
    answer = answer == null ? Answer.of(200) : answer;
    byte[] said = answer.body().apply(json);
    answer.headers().forEach(exchange.getResponseHeaders()::add);
    exchange.getResponseHeaders().set("Content-Type", json ? "application/json" : "application/x-protobuf");
    exchange.sendResponseHeaders(answer.status(), said.length == 0 ? -1 : said.length);
    if (said.length > 0) {
      exchange.getResponseBody().write(said);
    }
    exchange.close();
  }

  private Request read(HttpExchange exchange, byte[] body, boolean json) throws IOException {
    rule(exchange.getRequestMethod().equals("POST"), "method is " + exchange.getRequestMethod());
    rule(exchange.getRequestURI().toString().equals(path), "path is " + exchange.getRequestURI());
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    rule(json || "application/x-protobuf".equals(type), "Content-Type is " + type);
    String agent = exchange.getRequestHeaders().getFirst("User-Agent");
    rule(agent != null && agent.contains("OTel-OTLP-Exporter-") || exchange.getRequestHeaders().containsKey("X-Own-Agent"), "User-Agent is " + agent);
    String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
    rule(encoding == null || encoding.equals("gzip"), "Content-Encoding is " + encoding);
    byte[] plain = encoding == null ? body : new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    return (json ? decodeJson(new String(plain, StandardCharsets.UTF_8)) : decodeProtobuf(plain)).with(Map.copyOf(exchange.getRequestHeaders()));
  }

  private record Decoded(Map<String, Object> resource, String scope, String scopeVersion, List<Span> spans) {
    Request with(Map<String, List<String>> headers) {
      return new Request(resource, scope, scopeVersion, spans, headers);
    }
  }

  /// Decodes one request as the rules have it, for a test that has the bytes.
  public static Request decode(byte[] bytes, boolean json) {
    return (json ? decodeJson(new String(bytes, StandardCharsets.UTF_8)) : decodeProtobuf(bytes)).with(Map.of());
  }

  private static void rule(boolean holds, String broken) {
    if (!holds) {
      throw new IllegalArgumentException(broken);
    }
  }

  private static Decoded checked(Decoded request) {
    rule(request.resource().get("service.name") instanceof String name && !name.isEmpty(), "no service.name");
    rule(!request.scope().isEmpty(), "the scope has no name");
    rule(!request.spans().isEmpty(), "no spans");
    for (Span span : request.spans()) {
      id(span.traceId(), 32, "trace id of " + span.name());
      id(span.spanId(), 16, "span id of " + span.name());
      if (!span.parentSpanId().isEmpty()) {
        id(span.parentSpanId(), 16, "parent of " + span.name());
        rule(!span.parentSpanId().equals(span.spanId()), span.name() + " is its own parent");
      }
      rule(!span.name().isEmpty(), "a span without a name");
      rule(span.kind() >= 1 && span.kind() <= 5, "kind " + span.kind());
      rule(span.status() >= 0 && span.status() <= 2, "status " + span.status());
      rule(span.status() == 2 || span.message().isEmpty(), "a message with status " + span.status());
      rule(span.start() > 0 && span.end() >= span.start(), span.name() + " from " + span.start() + " to " + span.end());
      rule(span.flags() >>> 10 == 0 && (span.flags() & 0x100) != 0 && (span.flags() & 1) == 1, "flags " + Long.toHexString(span.flags()));
      for (Event event : span.events()) {
        rule(!event.name().isEmpty() && event.time() >= span.start() && event.time() <= span.end(), "event " + event + " of " + span);
      }
      for (Link link : span.links()) {
        id(link.traceId(), 32, "trace id of a link");
        id(link.spanId(), 16, "span id of a link");
      }
    }
    return request;
  }

  private static void id(String id, int digits, String what) {
    rule(id.length() == digits && id.matches("[0-9a-f]+") && !id.matches("0+"), what + " is '" + id + "'");
  }

  // ---- JSON ------------------------------------------------------------------------------------------------------

  private static Decoded decodeJson(String text) {
    Map<String, Object> root = members(new Reader(text).document(), "resourceSpans");
    Map<String, Object> resourceSpans = members(only(root.get("resourceSpans")), "resource", "scopeSpans", "schemaUrl");
    Map<String, Object> scopeSpans = members(only(resourceSpans.get("scopeSpans")), "scope", "spans", "schemaUrl");
    Map<String, Object> scope = members(scopeSpans.get("scope"), "name", "version");
    Map<String, Object> resource = members(resourceSpans.get("resource"), "attributes", "droppedAttributesCount");
    var spans = new ArrayList<Span>();
    for (Object each : list(scopeSpans.get("spans"))) {
      spans.add(jsonSpan(members(each, "traceId", "spanId", "traceState", "parentSpanId", "flags", "name", "kind", "startTimeUnixNano",
          "endTimeUnixNano", "attributes", "droppedAttributesCount", "events", "droppedEventsCount", "links", "droppedLinksCount", "status")));
    }
    return checked(new Decoded(jsonAttributes(resource.get("attributes")), string(scope.get("name")), string(scope.get("version")), spans));
  }

  private static Span jsonSpan(Map<String, Object> span) {
    Map<String, Object> status = span.containsKey("status") ? members(span.get("status"), "message", "code") : Map.of();
    var events = new ArrayList<Event>();
    for (Object each : list(span.get("events"))) {
      Map<String, Object> event = members(each, "timeUnixNano", "name", "attributes", "droppedAttributesCount");
      events.add(new Event(digits(event.get("timeUnixNano")), string(event.get("name")), jsonAttributes(event.get("attributes"))));
    }
    var links = new ArrayList<Link>();
    for (Object each : list(span.get("links"))) {
      Map<String, Object> link = members(each, "traceId", "spanId", "traceState", "attributes", "droppedAttributesCount", "flags");
      links.add(new Link(string(link.get("traceId")), string(link.get("spanId")), string(link.get("traceState")), jsonAttributes(link.get("attributes")),
          number(link.get("flags"))));
    }
    return new Span(string(span.get("traceId")), string(span.get("spanId")), string(span.get("parentSpanId")), string(span.get("traceState")),
        number(span.get("flags")), string(span.get("name")), (int) number(span.get("kind")), digits(span.get("startTimeUnixNano")),
        digits(span.get("endTimeUnixNano")), jsonAttributes(span.get("attributes")), number(span.get("droppedAttributesCount")), events,
        number(span.get("droppedEventsCount")), links, number(span.get("droppedLinksCount")), (int) number(status.get("code")), string(status.get("message")));
  }

  private static Map<String, Object> jsonAttributes(Object attributes) {
    var all = new LinkedHashMap<String, Object>();
    for (Object each : list(attributes)) {
      Map<String, Object> attribute = members(each, "key", "value");
      String key = string(attribute.get("key"));
      rule(!key.isEmpty() && all.put(key, jsonValue(attribute.get("value"))) == null, "key '" + key + "' is empty or there twice");
    }
    return all;
  }

  private static Object jsonValue(Object value) {
    Map<String, Object> one = members(value, "stringValue", "boolValue", "intValue", "doubleValue", "arrayValue");
    rule(one.size() == 1, "a value with " + one.keySet());
    Object inner = one.values().iterator().next();
    return switch (one.keySet().iterator().next()) {
      case "stringValue" -> (String) inner;
      case "boolValue" -> (Boolean) inner;
      case "intValue" -> digits(inner);
      case "doubleValue" -> ((Number) inner).doubleValue();
      default -> list(members(inner, "values").get("values")).stream().map(OtlpReceiver::jsonValue).toList();
    };
  }

  private static Map<String, Object> members(Object value, String... known) {
    rule(value instanceof Map, value + " is no object");
    var members = new LinkedHashMap<String, Object>();
    ((Map<?, ?>) value).forEach((name, member) -> {
      rule(List.of(known).contains(name), "unknown member '" + name + "', one of " + List.of(known));
      members.put((String) name, member);
    });
    return members;
  }

  private static Object only(Object list) {
    rule(list(list).size() == 1, "not one element: " + list);
    return list(list).getFirst();
  }

  private static List<?> list(Object value) {
    return value == null ? List.of() : (List<?>) value;
  }

  private static String string(Object value) {
    return value == null ? "" : (String) value;
  }

  private static long number(Object value) {
    return value == null ? 0 : (Long) value;
  }

  /// A 64-bit integer must be a text of digits.
  private static long digits(Object value) {
    rule(value instanceof String text && text.matches("-?(0|[1-9][0-9]*)"), "a 64-bit integer is '" + value + "'");
    return Long.parseLong((String) value);
  }

  /// A strict reader of JSON (RFC 8259), apart from the program's own.
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    Object document() {
      Object value = value();
      rule(at == text.length(), "more behind the document at " + at);
      return value;
    }

    private Object value() {
      char c = text.charAt(at);
      if (c == '{') {
        var members = new LinkedHashMap<String, Object>();
        for (at++; text.charAt(at) != '}'; ) {
          rule(members.isEmpty() || text.charAt(at++) == ',', "no comma at " + at);
          String name = quoted();
          rule(text.charAt(at++) == ':', "no colon at " + at);
          rule(!members.containsKey(name), "'" + name + "' is there twice");
          members.put(name, value());
        }
        at++;
        return members;
      }
      if (c == '[') {
        var items = new ArrayList<>();
        for (at++; text.charAt(at) != ']'; ) {
          rule(items.isEmpty() || text.charAt(at++) == ',', "no comma at " + at);
          items.add(value());
        }
        at++;
        return items;
      }
      if (c == '"') {
        return quoted();
      }
      for (String word : List.of("true", "false")) {
        if (text.startsWith(word, at)) {
          at += word.length();
          return word.equals("true");
        }
      }
      int from = at;
      while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      String number = text.substring(from, at);
      rule(number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?"), "no value at " + from + ": '" + number + "'");
      return number.matches("-?[0-9]+") ? (Object) Long.valueOf(number) : (Object) Double.valueOf(number);
    }

    private String quoted() {
      rule(text.charAt(at++) == '"', "no quote at " + at);
      var out = new StringBuilder();
      for (; text.charAt(at) != '"'; at++) {
        char c = text.charAt(at);
        rule(c >= ' ', "a control character at " + at);
        if (c != '\\') {
          out.append(c);
          continue;
        }
        char escape = text.charAt(++at);
        int plain = "\"\\/bfnrt".indexOf(escape);
        rule(plain >= 0 || escape == 'u', "escape " + escape);
        out.append(plain >= 0 ? "\"\\/\b\f\n\r\t".charAt(plain) : (char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
        at += plain >= 0 ? 0 : 4;
      }
      at++;
      return out.toString();
    }
  }

  // ---- protobuf --------------------------------------------------------------------------------------------------

  /// The types of the wire, as far as OTLP has them.
  private enum Wire { VARINT, FIXED64, BYTES, NONE3, NONE4, FIXED32 }

  /// One field of a message: a number, or bytes.
  private record Field(int number, Wire wire, long value, ByteBuffer bytes) {}

  private static Decoded decodeProtobuf(byte[] bytes) {
    ByteBuffer resourceSpans = one(message(ByteBuffer.wrap(bytes), "1b"), 1);
    Map<Integer, List<Field>> outer = message(resourceSpans, "1b 2b 3b");
    Map<Integer, List<Field>> resource = message(one(outer, 1), "1b 2v");
    Map<Integer, List<Field>> inner = message(one(outer, 2), "1b 2b 3b");
    Map<Integer, List<Field>> scope = message(one(inner, 1), "1b 2b 3b 4v");
    var spans = new ArrayList<Span>();
    for (Field each : inner.getOrDefault(2, List.of())) {
      spans.add(protoSpan(message(each.bytes(), "1b 2b 3b 4b 5b 6v 7f 8f 9b 10v 11b 12v 13b 14v 15b 16s")));
    }
    return checked(new Decoded(protoAttributes(resource.get(1)), text(scope, 1), text(scope, 2), spans));
  }

  private static Span protoSpan(Map<Integer, List<Field>> span) {
    Map<Integer, List<Field>> status = span.containsKey(15) ? message(one(span, 15), "2b 3v") : Map.of();
    var events = new ArrayList<Event>();
    for (Field each : span.getOrDefault(11, List.of())) {
      Map<Integer, List<Field>> event = message(each.bytes(), "1f 2b 3b 4v");
      events.add(new Event(value(event, 1), text(event, 2), protoAttributes(event.get(3))));
    }
    var links = new ArrayList<Link>();
    for (Field each : span.getOrDefault(13, List.of())) {
      Map<Integer, List<Field>> link = message(each.bytes(), "1b 2b 3b 4b 5v 6s");
      links.add(new Link(hex(link, 1), hex(link, 2), text(link, 3), protoAttributes(link.get(4)), value(link, 6)));
    }
    return new Span(hex(span, 1), hex(span, 2), hex(span, 4), text(span, 3), value(span, 16), text(span, 5), (int) value(span, 6), value(span, 7),
        value(span, 8), protoAttributes(span.get(9)), value(span, 10), events, value(span, 12), links, value(span, 14), (int) value(status, 3),
        text(status, 2));
  }

  private static Map<String, Object> protoAttributes(List<Field> attributes) {
    var all = new LinkedHashMap<String, Object>();
    for (Field each : attributes == null ? List.<Field>of() : attributes) {
      Map<Integer, List<Field>> attribute = message(each.bytes(), "1b 2b");
      String key = text(attribute, 1);
      rule(!key.isEmpty() && all.put(key, protoValue(one(attribute, 2))) == null, "key '" + key + "' is empty or there twice");
    }
    return all;
  }

  private static Object protoValue(ByteBuffer bytes) {
    Map<Integer, List<Field>> one = message(bytes, "1b 2v 3v 4f 5b");
    rule(one.size() == 1, "a value with the fields " + one.keySet());
    return switch (one.keySet().iterator().next()) {
      case 1 -> text(one, 1);
      case 2 -> value(one, 2) == 1;
      case 3 -> value(one, 3);
      case 4 -> Double.longBitsToDouble(value(one, 4));
      default -> message(one(one, 5), "1b").getOrDefault(1, List.of()).stream().map(each -> protoValue(each.bytes())).toList();
    };
  }

  /// Reads all fields; each must be among those `known`, with the type given: v for a varint, f and s for 8 and 4 bytes, b for bytes.
  private static Map<Integer, List<Field>> message(ByteBuffer in, String known) {
    var fields = new TreeMap<Integer, List<Field>>();
    while (in.hasRemaining()) {
      long tag = varint(in);
      rule((tag & 7) < Wire.values().length, "wire type " + (tag & 7));
      Wire wire = Wire.values()[(int) tag & 7];
      int number = (int) (tag >>> 3);
      String letter = switch (wire) {
        case VARINT -> "v";
        case FIXED64 -> "f";
        case BYTES -> "b";
        case FIXED32 -> "s";
        case NONE3, NONE4 -> "?";
      };
      rule(List.of(known.split(" ")).contains(number + letter), "field " + number + " of type " + wire + ", known: " + known);
      fields.computeIfAbsent(number, _ -> new ArrayList<>()).add(switch (wire) {
        case VARINT -> new Field(number, wire, varint(in), null);
        case FIXED64 -> new Field(number, wire, in.order(ByteOrder.LITTLE_ENDIAN).getLong(), null);
        case FIXED32 -> new Field(number, wire, in.order(ByteOrder.LITTLE_ENDIAN).getInt() & 0xffffffffL, null);
        default -> {
          int length = Math.toIntExact(varint(in));
          rule(length <= in.remaining(), "length " + length + " of " + in.remaining());
          ByteBuffer bytes = in.slice(in.position(), length);
          in.position(in.position() + length);
          yield new Field(number, wire, 0, bytes);
        }
      });
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      rule(shift < 70, "a varint that does not end");
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  private static ByteBuffer one(Map<Integer, List<Field>> message, int field) {
    rule(message.getOrDefault(field, List.of()).size() == 1, "field " + field + " is not there once");
    return message.get(field).getFirst().bytes();
  }

  private static long value(Map<Integer, List<Field>> message, int field) {
    rule(message.getOrDefault(field, List.of()).size() <= 1, "field " + field + " is there more than once");
    return message.containsKey(field) ? message.get(field).getFirst().value() : 0;
  }

  private static String text(Map<Integer, List<Field>> message, int field) {
    try {
      return message.containsKey(field) ? StandardCharsets.UTF_8.newDecoder().decode(one(message, field).duplicate()).toString() : "";
    } catch (CharacterCodingException broken) {
      throw new IllegalArgumentException("field " + field + " is no UTF-8");
    }
  }

  private static String hex(Map<Integer, List<Field>> message, int field) {
    if (!message.containsKey(field)) {
      return "";
    }
    var bytes = new byte[one(message, field).remaining()];
    one(message, field).duplicate().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] proto(int field, byte[] value) {
    return concat(new byte[] {(byte) (field << 3 | 2)}, concat(varintBytes(value.length), value));
  }

  private static byte[] varintField(int field, long value) {
    return concat(new byte[] {(byte) (field << 3)}, varintBytes(value));
  }

  private static byte[] varintBytes(long value) {
    var out = new ByteArrayOutputStream();
    long rest = value;
    for (; rest >>> 7 != 0; rest >>>= 7) {
      out.write((int) (rest & 0x7f | 0x80));
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @Override public void close() {
    gate = new CountDownLatch(0);
    server.stop(0);
  }
}

package uservice.otlp;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import testing.LogLines;
import testing.OtlpReceiver;
import testing.OtlpReceiver.Answer;
import testing.ScriptedPeer;
import uservice.json.Utf8Buffer;
import uservice.metrics.Format;
import uservice.metrics.Metrics;

/// Each span that ends is exported, dropped or failed, and counted as one of them, whatever the collector does.
@Timeout(120)
class ExporterTest {
  private static final Duration AT_ONCE = Duration.ofNanos(1);
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Metrics metrics = new Metrics();
  private final LogLines log = new LogLines("uservice.otlp");

  @AfterEach void leave() {
    log.close();
  }

  private List<String> lines() {
    return log.lines().stream().map(line -> line.replaceAll("127.0.0.1:[0-9]+", "C")).toList();
  }

  private static Options options(int port, boolean protobuf, Duration every, int batch, int queue) {
    return options(port, protobuf, every, batch, queue, Duration.ofSeconds(30));
  }

  private static Options options(int port, boolean protobuf, Duration every, int batch, int queue, Duration timeout) {
    return new Options(URI.create("http://127.0.0.1:" + port + "/v1/traces"), protobuf, false, new TreeMap<>(), Optional.empty(), Optional.empty(), Optional.empty(), timeout, every, NEVER, batch, queue,
        Spans.RESOURCE, "1.2");
  }

  private Exporter exporter(Options options) {
    return exporter(options, AT_ONCE);
  }

  private Exporter exporter(Options options, Duration pause) {
    Encoding encoding = options.protobuf() ? new ProtobufSpans() : new JsonSpans();
    var exporter = new Exporter(options, encoding, new Collector(options, encoding.contentType()), metrics, System::nanoTime, pause);
    exporter.start();
    return exporter;
  }

  private static void send(Exporter exporter, int count) {
    for (int i = 0; i < count; i++) {
      exporter.ended(Spans.plain("span" + i));
    }
  }

  /// `exported dropped failed`, as the page has them.
  private String counts() {
    var out = new Utf8Buffer(1024);
    metrics.render(Format.TEXT, List.of(), out);
    return Stream.of("exported", "dropped", "failed")
        .map(name -> out.toString().lines().filter(line -> line.startsWith("uservice_trace_" + name + "_total ")).findAny().orElseThrow().split(" ")[1])
        .collect(Collectors.joining(" "));
  }

  private void awaitCounts(String wanted) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!counts().equals(wanted)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("never came to " + wanted + " but " + counts() + " " + lines());
      }
      Thread.sleep(2);
    }
  }

  private static int deadPort() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  @ParameterizedTest @ValueSource(booleans = {true, false})
  void sendsWhatIsGathered(boolean protobuf) throws Exception {
    try (var receiver = OtlpReceiver.open()) {
      var exporter = exporter(options(receiver.port(), protobuf, AT_ONCE, 512, 2048));
      exporter.ended(Spans.full());
      var request = receiver.next();
      assertEquals("GET /users/{id}", request.spans().getFirst().name());
      assertEquals(Map.of("service.name", "shop"), request.resource());
      assertEquals("uservice", request.scope());
      assertEquals("1.2", request.scopeVersion());
      assertTrue(exporter.close(LIMIT));
      assertEquals("1 0 0", counts());
      assertEquals(List.of(), receiver.faults());
      assertEquals(List.of(), lines(), "nothing to tell where all is well");
    }
  }

  @Test void sendsFullBatchesAtOnceAndTheRestAtTheEnd() throws Exception {
    try (var receiver = OtlpReceiver.open()) {
      var exporter = exporter(options(receiver.port(), true, NEVER, 10, 2048));
      send(exporter, 25);
      assertEquals(20, receiver.spans(20).size());
      assertEquals(List.of(), receiver.rest(), "five wait for their time");
      assertTrue(exporter.close(LIMIT));
      assertEquals(List.of("span20", "span21", "span22", "span23", "span24"), receiver.next().spans().stream().map(OtlpReceiver.Span::name).toList());
      assertEquals(3, receiver.asked());
      assertEquals(1, receiver.connections());
      assertEquals("25 0 0", counts());
    }
  }

  @Test void dropsTheNewestWhereTheQueueIsFull() throws Exception {
    var open = new CountDownLatch(1);
    try (var receiver = OtlpReceiver.open().gate(open)) {
      var exporter = exporter(options(receiver.port(), true, AT_ONCE, 1, 5));
      send(exporter, 1);
      while (receiver.asked() == 0) {
        Thread.onSpinWait(); // the first one is with the collector, which keeps it waiting
      }
      send(exporter, 12);
      assertEquals("0 7 0", counts());
      open.countDown();
      assertEquals(List.of("span0", "span0", "span1", "span2", "span3", "span4"), receiver.spans(6).stream().map(OtlpReceiver.Span::name).toList());
      assertTrue(exporter.close(LIMIT));
      assertEquals("6 7 0", counts());
      assertEquals(List.of("WARNING spans are dropped, uservice_trace_dropped_total counts them: more come than the collector takes, or the queue of 5 is too short",
          "INFO spans are no longer dropped, after 7"), lines());
    }
  }

  @Test void neverMakesWaitWhoeverEndsASpan() throws Exception {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall)) {
      var exporter = exporter(options(peer.port(), true, AT_ONCE, 10, 100));
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int t = 0; t < 8; t++) {
          threads.submit(() -> send(exporter, 10_000));
        }
      } // all of them are through although nothing was answered
      assertFalse(exporter.close(Duration.ofMillis(50)));
      long[] each = Arrays.stream(counts().split(" ")).mapToLong(Long::parseLong).toArray();
      assertEquals(0, each[0]);
      assertEquals(80_000, each[1] + each[2], this::counts);
      assertTrue(each[2] >= 100 && each[2] <= 110, "what was in the queue, and what was being sent: " + counts());
    }
  }

  @ParameterizedTest @ValueSource(ints = {429, 502, 503, 504})
  void triesAgainWhereTheStatusAllowsIt(int status) throws Exception {
    try (var receiver = OtlpReceiver.open().answer(Answer.of(status), Answer.refused(status, "busy"), Answer.of(status), Answer.of(status))) {
      var exporter = exporter(options(receiver.port(), true, AT_ONCE, 512, 2048));
      send(exporter, 1);
      assertEquals(1, receiver.next().spans().size());
      assertTrue(exporter.close(LIMIT));
      assertEquals(5, receiver.asked());
      assertEquals("1 0 0", counts());
      assertEquals(List.of(), receiver.faults());
      assertEquals(List.of(), lines(), "nothing was lost");
    }
  }

  @Test void givesUpAfterFiveTries() throws Exception {
    try (var receiver = OtlpReceiver.open().answer(Answer.of(503), Answer.of(503), Answer.of(503), Answer.of(503), Answer.refused(503, "no room"))) {
      var exporter = exporter(options(receiver.port(), false, AT_ONCE, 512, 2048));
      send(exporter, 1);
      awaitCounts("0 0 1");
      assertEquals(5, receiver.asked());
      assertEquals(List.of("WARNING spans are lost, uservice_trace_failed_total counts them: http://C/v1/traces answered 503: no room"), lines());
      send(exporter, 1);
      awaitCounts("1 0 1");
      assertEquals("INFO spans are exported again: http://C/v1/traces", lines().getLast());
      assertTrue(exporter.close(LIMIT));
    }
  }

  @ParameterizedTest @ValueSource(ints = {400, 401, 403, 404, 408, 413, 415, 500, 501, 505, 301, 302, 304})
  void givesUpAtOnceWhereTheStatusSaysSo(int status) throws Exception {
    try (var receiver = OtlpReceiver.open().answer(Answer.of(status))) {
      var exporter = exporter(options(receiver.port(), true, AT_ONCE, 512, 2048), NEVER);
      send(exporter, 1);
      awaitCounts("0 0 1");
      assertTrue(exporter.close(LIMIT));
      assertEquals(1, receiver.asked());
      assertEquals(List.of("WARNING spans are lost, uservice_trace_failed_total counts them: http://C/v1/traces answered " + status), lines());
    }
  }

  @ParameterizedTest @ValueSource(booleans = {true, false})
  void countsWhatACollectorTakesInPart(boolean protobuf) throws Exception {
    try (var receiver = OtlpReceiver.open().answer(Answer.partial(3, "too old"), Answer.partial(0, "be kinder"), Answer.partial(99, "all of them"))) {
      var exporter = exporter(options(receiver.port(), protobuf, NEVER, 10, 2048));
      send(exporter, 10);
      awaitCounts("7 0 3");
      assertEquals(List.of("WARNING spans are lost, uservice_trace_failed_total counts them: http://C/v1/traces took 7 of 10 spans: too old"), lines());
      send(exporter, 10);
      awaitCounts("17 0 3");
      send(exporter, 10);
      awaitCounts("17 0 13");
      assertEquals(3, receiver.asked(), "what was rejected is not sent again");
      assertTrue(exporter.close(LIMIT));
    }
  }

  /// A message to people that says what is to be changed, although all spans were taken.
  @Test void tellsAWarningOfACollectorOnce() throws Exception {
    try (var receiver = OtlpReceiver.open().answer(Answer.partial(0, "use http/protobuf"), Answer.partial(0, "use http/protobuf"))) {
      var exporter = exporter(options(receiver.port(), true, AT_ONCE, 1, 2048));
      send(exporter, 3);
      awaitCounts("3 0 0");
      assertTrue(exporter.close(LIMIT));
      assertEquals(List.of("WARNING http://C/v1/traces warns: use http/protobuf"), lines());
    }
  }

  @Test void aDeadCollectorIsOneLineHoweverLongItIsDead() throws Exception {
    var exporter = exporter(options(deadPort(), true, AT_ONCE, 1, 2048));
    for (int i = 1; i <= 30; i++) {
      send(exporter, 1);
      awaitCounts("0 0 " + i);
    }
    assertEquals(1, lines().size(), lines()::toString);
    assertTrue(lines().getFirst().startsWith("WARNING spans are lost, uservice_trace_failed_total counts them: http://C/v1/traces ") && lines().getFirst().contains("refused"), lines()::toString);
    assertTrue(exporter.close(LIMIT));
  }

  @Test void comesBackByItself() throws Exception {
    int port = deadPort();
    var exporter = exporter(options(port, true, AT_ONCE, 1, 2048));
    send(exporter, 1);
    awaitCounts("0 0 1");
    try (var receiver = OtlpReceiver.open(port, "/v1/traces")) {
      send(exporter, 1);
      assertEquals(1, receiver.next().spans().size());
      awaitCounts("1 0 1");
      assertTrue(exporter.close(LIMIT));
    }
    assertEquals(2, lines().size());
    assertEquals("INFO spans are exported again: http://C/v1/traces", lines().getLast());
  }

  /// The collector dies with its answer at each byte; the exporter sends again until it has one.
  @Test void survivesACollectorThatDiesAnywhereInItsAnswer() throws Exception {
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    int head = answer.indexOf("\r\n\r\n") + 4;
    var cut = new AtomicInteger();
    try (var peer = ScriptedPeer.playing(connection -> {
      connection.readUntil("\r\n\r\n");
      connection.readUntil("]}]}]}");
      int at = cut.getAndIncrement() % answer.length();
      connection.send(answer.substring(0, at));
      if (at % 2 == 0) {
        connection.reset();
      }
    })) {
      var exporter = exporter(options(peer.port(), false, AT_ONCE, 1, 2048));
      for (int i = 0; i < 3 * answer.length(); i++) {
        send(exporter, 1);
      }
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (Arrays.stream(counts().split(" ")).mapToLong(Long::parseLong).sum() < 3L * answer.length()) {
        assertTrue(System.nanoTime() < deadline, this::counts);
        Thread.sleep(2);
      }
      exporter.close(LIMIT);
      assertTrue(counts().matches("[1-9][0-9]* 0 [1-9][0-9]*"), this::counts);
      assertTrue(cut.get() > 3 * (answer.length() - head), cut::toString);
      assertTrue(lines().stream().noneMatch(line -> line.contains("BUG")), lines()::toString);
    }
  }

  @Test void goesOnAfterACollectorThatIsTooSlow() throws Exception {
    var open = new CountDownLatch(1);
    try (var receiver = OtlpReceiver.open().gate(open)) {
      var exporter = exporter(options(receiver.port(), true, AT_ONCE, 1, 2048, Duration.ofMillis(100)));
      send(exporter, 1);
      awaitCounts("0 0 1");
      assertEquals(5, receiver.asked());
      assertEquals(List.of("WARNING spans are lost, uservice_trace_failed_total counts them: http://C/v1/traces no answer within 100 ms"), lines());
      open.countDown();
      send(exporter, 1);
      awaitCounts("1 0 1");
      assertTrue(exporter.close(LIMIT));
    }
  }

  @Test void waitsAsLongAsTheCollectorAsks() throws Exception {
    try (var receiver = OtlpReceiver.open().answer(Answer.of(503, "Retry-After", "0"), Answer.of(429, "Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT"))) {
      var exporter = exporter(options(receiver.port(), true, AT_ONCE, 512, 2048), NEVER);
      send(exporter, 1);
      assertEquals(1, receiver.next().spans().size(), "its own pause would have been an hour");
      assertTrue(exporter.close(LIMIT));
    }
  }

  @Test void pausesDoubleAndDifferByChance() {
    Duration second = Duration.ofSeconds(1);
    assertEquals(List.of(1000L, 2000L, 4000L, 8000L), IntStream.rangeClosed(1, 4).mapToObj(i -> Exporter.pause(Optional.empty(), second, i, 0).toMillis()).toList());
    assertEquals(List.of(500L, 1000L, 2000L, 4000L), IntStream.rangeClosed(1, 4).mapToObj(i -> Exporter.pause(Optional.empty(), second, i, 1).toMillis()).toList());
    assertEquals(Duration.ofSeconds(7), Exporter.pause(Optional.of(Duration.ofSeconds(7)), second, 1, 0.5));
    assertEquals(Duration.ofSeconds(60), Exporter.pause(Optional.of(Duration.ofDays(1)), second, 1, 0.5));
  }

  @Test void givesUpAPauseWhenTheEndComesBeforeIt() throws Exception {
    try (var receiver = OtlpReceiver.open().answer(Answer.of(503, "Retry-After", "60"))) {
      var exporter = exporter(options(receiver.port(), true, AT_ONCE, 512, 2048));
      send(exporter, 1);
      while (receiver.asked() == 0) {
        Thread.onSpinWait();
      }
      send(exporter, 3); // behind it
      assertFalse(exporter.close(Duration.ofSeconds(20)), "sixty seconds do not fit");
      assertEquals("3 0 1", counts(), "those behind it are still tried");
      assertTrue(lines().getLast().startsWith("WARNING spans were lost at the end: "), lines()::toString);
    }
  }

  @Test void triesOnceMoreAtTheEndWhereTheCollectorIsKnownToBeDown() throws Exception {
    try (var receiver = OtlpReceiver.open().answer(Answer.of(400), Answer.of(503), Answer.of(503))) {
      var exporter = exporter(options(receiver.port(), true, AT_ONCE, 1, 2048), Duration.ofSeconds(5));
      send(exporter, 1);
      awaitCounts("0 0 1"); // known to be down
      send(exporter, 2);
      while (receiver.asked() < 2 || exporter.worker.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait(); // until it pauses
      }
      assertFalse(exporter.close(LIMIT));
      assertEquals(3, receiver.asked(), "the pause of five seconds would have fitted");
      assertEquals("0 0 3", counts());
    }
  }

  @Test void givesUpWhatDoesNotLeaveInTime() throws Exception {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall)) {
      var exporter = exporter(options(peer.port(), true, NEVER, 512, 2048));
      send(exporter, 600);
      assertFalse(exporter.close(Duration.ofMillis(100)));
      assertEquals("0 0 600", counts());
      assertTrue(lines().getLast().startsWith("WARNING spans were lost at the end: "), lines()::toString);
    }
  }

  @Test void dropsWhatEndsAfterTheEnd() throws Exception {
    try (var receiver = OtlpReceiver.open()) {
      var exporter = exporter(options(receiver.port(), true, NEVER, 512, 2048));
      assertTrue(exporter.close(LIMIT));
      send(exporter, 2);
      assertEquals("0 2 0", counts());
      assertTrue(exporter.close(LIMIT), "a second end is nothing");
    }
  }

  @Test void splitsRequestsThatWouldBeTooLarge() throws Exception {
    try (var receiver = OtlpReceiver.open()) {
      var exporter = exporter(options(receiver.port(), true, NEVER, 100, 2048));
      var large = IntStream.range(0, 100).mapToObj(i -> Spans.attribute("k" + i, "v".repeat(1024))).toList();
      for (int i = 0; i < 100; i++) {
        var plain = Spans.plain("span" + i);
        exporter.ended(new uservice.trace.SpanData(plain.context(), 0, false, plain.name(), plain.kind(), 1, 2, large, 0, List.of(), 0, List.of(), 0, plain.status(), ""));
      }
      assertEquals(IntStream.range(0, 100).mapToObj(i -> "span" + i).toList(), receiver.spans(100).stream().map(OtlpReceiver.Span::name).toList());
      assertTrue(exporter.close(LIMIT));
      assertEquals(4, receiver.asked(), "10 MB as four of at most 4 MiB");
      assertEquals("100 0 0", counts());
    }
  }

  @Test void outlivesWhatShouldNotHappen() throws Exception {
    var broken = new AtomicBoolean(true);
    var inner = new ProtobufSpans();
    Encoding encoding = new Encoding() {
      @Override public String contentType() { return inner.contentType(); }

      @Override public byte[] encode(Map<String, String> resource, String version, List<uservice.trace.SpanData> spans) {
        if (broken.getAndSet(false)) {
          throw new OutOfMemoryError("for a test");
        }
        return inner.encode(resource, version, spans);
      }

      @Override public Said read(boolean success, byte[] body) { return inner.read(success, body); }
    };
    try (var receiver = OtlpReceiver.open()) {
      Options options = options(receiver.port(), true, AT_ONCE, 1, 2048);
      var exporter = new Exporter(options, encoding, new Collector(options, encoding.contentType()), metrics, System::nanoTime, AT_ONCE);
      exporter.start();
      send(exporter, 2);
      awaitCounts("1 0 1");
      assertEquals("WARNING spans are lost, uservice_trace_failed_total counts them: http://C/v1/traces could not be asked: java.lang.OutOfMemoryError: for a test",
          lines().getFirst());
      assertTrue(exporter.close(LIMIT));
    }
  }

  @Test void cutsWhatACollectorSaysAtLength() throws Exception {
    try (var receiver = OtlpReceiver.open().answer(Answer.refused(400, "m".repeat(5000)))) {
      var exporter = exporter(options(receiver.port(), true, AT_ONCE, 512, 2048));
      send(exporter, 1);
      awaitCounts("0 0 1");
      assertTrue(lines().getFirst().endsWith("answered 400: " + "m".repeat(200) + "…"), lines()::toString);
      exporter.close(LIMIT);
    }
  }
}

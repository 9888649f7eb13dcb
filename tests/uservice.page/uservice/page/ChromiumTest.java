package uservice.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Chromium;
import testing.Http;
import testing.Modules;
import testing.Program;
import uservice.json.Json;

/// The page in a browser: what a person sees, hears and presses. Pictures are kept in `build/page`.
@Timeout(300) // a hang is a failure
class ChromiumTest {
  private static final Path PICTURES = Path.of("build", "page");
  private static final String AXE = "axe-core@4.14.1";
  private static final String HTML_VALIDATE = "html-validate@8.29.0";
  private static final String ESCAPED = "\\u202e";
  private static final String FEATURE = """
      package sample;
      import module java.base;
      import uservice.*;
      import uservice.health.*;
      import uservice.http.Reply;
      public final class Sample implements Feature<Sample.Config> {
        public record Config() {}
        private static final System.Logger LOG = System.getLogger("shop.<b>orders</b>");
        private static final String HOSTILE = "<img src=x onerror=alert(1)> </script><script>window.pwned=1</script> \\u202eturned \\u2066hidden\\u200b \\u0007";
        @Override public String section() { return "sample"; }
        @Override public Class<Config> config() { return Config.class; }
        @Override public boolean wanted(boolean present, List<String> command) { return true; }
        @Override public void start(Service service, Config config) {
          Manual ledger = service.health().ready("ledger", Checks.manual(true));
          service.health().alive("packing", Checks.manual(true));
          Manual cache = service.health().ready("cache", Checks.manual(true).optional());
          service.web().get("/orders/{id}", request -> Reply.text(request.path("id")));
          service.web().get("/broken", _ -> { throw new IllegalStateException(HOSTILE); });
          service.web().get("/warn/{count}", request -> {
            for (int i = Integer.parseInt(request.path("count")); i > 0; i--) LOG.log(System.Logger.Level.WARNING, HOSTILE + " " + i);
            return Reply.noContent();
          });
          service.web().get("/ledger/{state}", request -> {
            ledger.set(request.path("state").equals("up"), HOSTILE);
            return Reply.noContent();
          });
          service.web().get("/cache/{state}", request -> {
            cache.set(request.path("state").equals("up"), "no answer within 100 ms");
            return Reply.noContent();
          });
        }
      }
      """;

  @TempDir private static Path folder;
  private static List<String> command;
  private static Browser browser;
  private Program program;
  private int port;
  private int web;

  @BeforeAll static void launch() throws Exception {
    assumeTrue(Chromium.installed().isPresent(), "chromium is not installed: apt-get install chromium");
    command = Modules.withFeature(Files.createDirectories(folder.resolve("sample")), FEATURE);
    browser = new Browser(folder.resolve("profile"));
    // What waits for its time, so that a test need not wait as long to know that nothing does.
    browser.call("Page.addScriptToEvaluateOnNewDocument", Map.of("source", """
        window.waiting = new Map();
        const set = window.setTimeout, clear = window.clearTimeout;
        window.setTimeout = (what, ms) => { const id = set(() => { window.waiting.delete(id); what(); }, ms); window.waiting.set(id, ms); return id; };
        window.clearTimeout = id => { window.waiting.delete(id); clear(id); };
        """));
  }

  @AfterAll static void quit() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach void start() throws Exception {
    port = free();
    program = run();
    web = program.port("web_port");
    browser.window(1280, 900, 1);
    browser.dark(false);
    browser.forget();
    browser.open("http://127.0.0.1:" + port + "/");
    browser.await("document.querySelector('#effective').textContent.length > 0 && points.length > 0");
  }

  @AfterEach void stop() throws Exception {
    if (program != null) {
      program.close();
      browser.call("Page.navigate", Map.of("url", "about:blank"));
    }
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Program run() throws Exception {
    Program started = Program.launch(folder, Map.of(), command, "start", "--set", "name=shop-orders", "--set", "version=4.2.1",
        "--set", "health.host=127.0.0.1", "--set", "health.port=" + port, "--set", "web.port=0", "--set", "shutdown.delay=0s", "--set", "log.queue=4096");
    started.port("web_port");
    return started;
  }

  private void visit(String path) throws IOException {
    assertTrue(Http.get(web, path).status() < 600);
  }

  private void visit(String path, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      visit(path);
    }
  }

  private static void nothingToComplainOf(List<String> complaints) {
    assertEquals(List.of(), complaints);
  }

  /// What a screen reader is told instead of a picture.
  private static String alternative(String chart) throws InterruptedException {
    return browser.evaluate("document.querySelector('#chart-" + chart + "').closest('figure').querySelector('svg.plot').getAttribute('aria-labelledby')"
        + ".split(' ').map(id => document.getElementById(id).textContent).join(': ').replaceAll('\\u00a0', ' ')").asString();
  }

  @Test void showsWhatTheServiceIs() throws Exception {
    assertEquals("shop-orders", browser.text("h1"));
    assertEquals("version 4.2.1", browser.text("#version"));
    assertTrue(browser.text("#state").startsWith("Ready"), browser.text("#state"));
    assertEquals("✓ ready · shop-orders", browser.evaluate("document.title").asString());
    assertTrue(browser.text("#check-rows").contains("ledger"), browser.text("#check-rows"));
    assertTrue(browser.text("#modules").contains("uservice.page"), browser.text("#modules"));
    assertTrue(browser.text("#effective").contains("name: shop-orders  # from --set name"), browser.text("#effective"));
    assertEquals("No warning and no error since the start.", browser.text("#no-log"));
    assertTrue(browser.text("#change-rows").contains("starting"), browser.text("#change-rows"));
    nothingToComplainOf(browser.complaints());
  }

  @Test void drawsTrafficAndSaysItInWords() throws Exception {
    visit("/orders/7", 40);
    visit("/absent", 9);
    visit("/broken", 1);
    browser.await("now.traffic && now.traffic.requests >= 50");
    assertTrue(alternative("rate").matches("Requests per second: 50 requests: [\\d.]+/s now, [\\d.]+/s at most, at \\d\\d:\\d\\d:\\d\\d\\."), alternative("rate"));
    assertTrue(alternative("errors").matches("Share of requests that failed \\(5xx\\): 1 of 50 requests failed; [\\d.]+ % at most, at \\d\\d:\\d\\d:\\d\\d\\."), alternative("errors"));
    assertTrue(alternative("latency").matches("Time to answer: Half within [\\d.]+ m?s, 99 % within [\\d.]+ m?s; the slowest 1 % took [\\d.]+ m?s at .*"), alternative("latency"));
    assertTrue(alternative("memory").matches("Memory: Resident [\\d,.]+ MiB now, .* Heap [\\d.]+ MiB now, .*"), alternative("memory"));
    assertTrue(alternative("threads").matches("Threads of the operating system: \\d+ now, .*"), alternative("threads"));
    assertTrue(alternative("cpu").startsWith("Processors in use: "), alternative("cpu"));
    assertTrue(browser.text("#route-rows").replace('\t', ' ').contains("GET /orders/{id} 40 0 0"), browser.text("#route-rows"));
    assertTrue(browser.text("#figures").replace('\u00a0', ' ').contains("2 %"), browser.text("#figures"));
    // A step of five seconds that had requests is drawn, with the axis' labels around it.
    assertTrue(browser.evaluate("document.querySelectorAll('#chart-rate, .plot path.series').length").asLong() > 6);
    assertEquals(List.of("−15 min", "−10 min", "−5 min", "now"), browser.evaluate("[...document.querySelectorAll('.plot')[0].querySelectorAll('text')].map(t => t.textContent.replaceAll('\\u00a0', ' '))")
        .asList().stream().map(Json::asString).skip(3).toList());
    browser.evaluate("document.querySelector('#traffic-charts details').open = true");
    browser.await("document.querySelectorAll('#traffic-charts details tbody tr').length > 0");
    assertTrue(browser.text("#traffic-charts details").contains("/s"), browser.text("#traffic-charts details"));
  }

  @Test void updatesByItselfAndLeavesAloneWhatStays() throws Exception {
    browser.evaluate("window.kept = document.querySelector('#check-rows tr th'); window.loaded = 1");
    long last = browser.evaluate("now.last").asLong();
    visit("/warn/3");
    browser.await("document.querySelectorAll('#log-rows tr').length === 3");
    browser.await("now.last > " + last);
    assertEquals(1, browser.evaluate("window.loaded").asLong(), "not loaded anew");
    assertTrue(browser.evaluate("points.every((point, i) => i === 0 || point.n === points[i - 1].n + 1)").equals(new Json.Bool(true)));
    String asked = browser.happened("Network.requestWillBeSent").getLast().asString("/request/url");
    assertTrue(asked.matches(".*/page/data\\?instance=[0-9a-f-]+&after=\\d+"), asked);
  }

  @Test void aFailingCheckIsSeenWithoutColour() throws Exception {
    visit("/cache/down");
    visit("/ledger/down");
    browser.await("document.title.startsWith('✕ not ready')");
    browser.await("document.querySelector('#log-rows tr')"); // the verdict is logged
    assertTrue(browser.text("#state").startsWith("Not ready"), browser.text("#state"));
    assertTrue(browser.text("#probes li:nth-child(2)").contains("ledger: "), browser.text("#probes"));
    List<String> rows = browser.evaluate("[...document.querySelectorAll('#check-rows tr')].map(row => row.innerText)").asList().stream().map(Json::asString).toList();
    assertTrue(rows.get(0).contains("ledger") && rows.get(0).contains("failing"), "what fails stands first: " + rows);
    assertTrue(rows.get(1).contains("failing, optional"), rows.toString());
    assertTrue(rows.get(2).contains("ok"), rows.toString());
    assertTrue(browser.evaluate("document.querySelector('#check-rows .strip').getAttribute('aria-label')").asString().startsWith("failed once, "));
    assertTrue(browser.evaluate("document.querySelectorAll('#check-rows .mark svg path').length").asLong() >= 3, "a shape beside each word");
    browser.picture(PICTURES.resolve("failing.png"));
    accessible();
    browser.dark(true);
    accessible();
    browser.picture(PICTURES.resolve("failing-dark.png"));
    visit("/ledger/up");
    browser.await("document.title.startsWith('✓ ready')");
    assertTrue(browser.text("#change-rows").contains("ledger"), browser.text("#change-rows"));
  }

  @Test void whatComesFromOutsideIsTextAndNothingElse() throws Exception {
    visit("/warn/2");
    visit("/broken");
    visit("/ledger/down");
    browser.await("document.querySelectorAll('#log-rows tr').length >= 4 && document.querySelector('#check-rows tr.is-bad')");
    assertEquals(new Json.Null(), browser.evaluate("window.pwned || null"));
    assertEquals(0, browser.evaluate("document.querySelectorAll('img, b, iframe, object').length").asLong());
    assertEquals(1, browser.evaluate("document.querySelectorAll('script').length").asLong());
    String log = browser.text("#log-rows");
    assertTrue(log.contains("<img src=x onerror=alert(1)> </script><script>window.pwned=1</script> " + ESCAPED + "turned"), log);
    assertTrue(log.contains("shop.<b>orders</b>"), log);
    assertTrue(browser.text("#check-rows").contains(ESCAPED + "turned"), browser.text("#check-rows"));
    assertEquals(0, browser.evaluate("(document.body.innerText.match(/[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\u0007]/g) || []).length").asLong());
    nothingToComplainOf(browser.complaints());
  }

  @Test void thePolicyStopsWhatGotInAllTheSame() throws Exception {
    assertEquals("TypeError", browser.evaluate("(() => { try { document.body.innerHTML = '<p>'; } catch (refused) { return refused.name; } })()").asString());
    assertEquals("TypeError", browser.evaluate(
        "(() => { const s = document.createElement('script'); try { s.textContent = 'window.pwned = 1'; } catch (refused) { return refused.name; } })()").asString());
    assertEquals("refused", browser.evaluate("fetch('http://127.0.0.1:" + web + "/').then(() => 'reached', () => 'refused')").asString());
  }

  @Test void asksNobodyElse() throws Exception {
    browser.await("now.last > 1");
    List<String> asked = browser.happened("Network.requestWillBeSent").stream().map(each -> each.asString("/request/url")).toList();
    assertTrue(asked.size() >= 3, asked.toString());
    for (String url : asked) {
      assertTrue(url.startsWith("http://127.0.0.1:" + port + "/") || url.startsWith("data:"), url);
    }
    nothingToComplainOf(browser.complaints());
  }

  @Test void saysWhenItLostTheServiceAndWhenItIsBack() throws Exception {
    visit("/orders/7", 30);
    browser.await("now.traffic && now.traffic.requests >= 30");
    program.close();
    browser.await("document.documentElement.classList.contains('lost')");
    assertTrue(browser.text("#told").matches("The service does not answer: the last answer came at \\d\\d:\\d\\d:\\d\\d\\. What stands below is from then\\."), browser.text("#told"));
    assertTrue(browser.text("#state").matches("(?s)No answer\\s+since \\d\\d:\\d\\d:\\d\\d"), browser.text("#state"));
    assertEquals("✕ no answer · shop-orders", browser.evaluate("document.title").asString());
    assertTrue(browser.text("#figures").contains("30"), "what was known stays: " + browser.text("#figures"));
    browser.await("failed >= 3");
    long waits = browser.evaluate("Math.round(Math.max(...waiting.values()))").asLong();
    assertTrue(waits >= 3_200 && waits <= 36_000, "it backs off: " + waits + " ms");
    browser.picture(PICTURES.resolve("lost.png"));
    accessible();
    browser.dark(true);
    accessible();
    program = run();
    browser.evaluate("document.querySelector('#again').click()");
    browser.await("!document.documentElement.classList.contains('lost')");
    assertTrue(browser.text("#told").matches("The service answers again, since \\d\\d:\\d\\d:\\d\\d, after [\\d minsh\u00a0]+\\. It is another process now\\."), browser.text("#told"));
    assertTrue(browser.text("#state").startsWith("Ready"), browser.text("#state"));
    browser.await("points.length < 20 && now.traffic"); // those of the new process alone
    browser.picture(PICTURES.resolve("back-dark.png"));
    accessible();
    browser.evaluate("document.querySelector('#again').click()");
    assertTrue(browser.evaluate("document.querySelector('#contact').hidden").equals(new Json.Bool(true)));
  }

  @Test void aServiceThatHangsIsLostTooAndTheSameWhenItIsBack() throws Exception {
    program.signal("STOP");
    try {
      browser.await("document.documentElement.classList.contains('lost')");
    } finally {
      program.signal("CONT");
    }
    browser.await("!document.documentElement.classList.contains('lost')");
    assertFalse(browser.text("#told").contains("another process"), browser.text("#told"));
  }

  @Test void anAnswerThatIsNoneIsALoss() throws Exception {
    program.close();
    try (var server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> nonsense(server));
      browser.await("document.documentElement.classList.contains('lost') && failed > 1");
    }
    nothingToComplainOf(browser.complaints());
  }

  /// Answers each request with another kind of wrong.
  private static void nonsense(ServerSocket server) {
    var answers = List.of("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{\"a\":", "nonsense\r\n\r\n", "");
    try {
      for (int i = 0; ; i++) {
        try (Socket socket = server.accept()) {
          socket.getInputStream().read();
          socket.getOutputStream().write(answers.get(i % answers.size()).getBytes(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException over) {
      // The test is.
    }
  }

  @Test void asksNothingWhileItIsHidden() throws Exception {
    browser.evaluate("Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }); document.dispatchEvent(new Event('visibilitychange'))");
    browser.await("asking === null");
    assertEquals(0, browser.evaluate("waiting.size").asLong(), "nothing waits for its time");
    browser.evaluate("dispatchEvent(new Event('online'))");
    assertEquals(new Json.Null(), browser.evaluate("asking"));
    long last = browser.evaluate("now.last").asLong();
    browser.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))");
    browser.await("asking === null && waiting.size === 1 && now.last >= " + last);
    assertFalse(browser.evaluate("document.documentElement.classList.contains('lost')").equals(new Json.Bool(true)));
  }

  @Test void isReachedWithTheKeyboardAlone() throws Exception {
    visit("/warn/40");
    visit("/orders/7", 3);
    browser.await("document.querySelectorAll('#log-rows tr').length === 40 && !document.querySelector('#routes').hidden");
    var reached = new LinkedHashSet<String>();
    for (int i = 0; i < 60; i++) {
      browser.press("Tab", 9);
      Json focus = browser.evaluate("""
          (() => {
            const e = document.activeElement;
            const style = getComputedStyle(e);
            return { what: e.id || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim(), body: e === document.body,
              seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && e.getBoundingClientRect().width > 0 };
          })()""");
      if (focus.asBoolean("/body")) {
        break;
      }
      assertTrue(focus.asBoolean("/seen"), "the focus is not seen on " + focus);
      reached.add(focus.asString("/what"));
    }
    assertTrue(reached.containsAll(List.of("Skip to the content", "Checks", "Configuration", "Minute by minute", "log", "changes", "routes-title", "effective", "metrics")), reached.toString());
    browser.evaluate("document.activeElement.blur(); window.scrollTo(0, 0); document.querySelector('.skip').focus()");
    browser.press("Enter", 13);
    browser.call("Input.dispatchKeyEvent", Map.of("type", "char", "text", "\r"));
    browser.await("location.hash === '#main' || document.activeElement.id === 'main'");
  }

  @Test void hasItsLandmarksHeadingsAndHeaders() throws Exception {
    assertEquals(List.of("BANNER 1", "NAV 1", "MAIN 1", "CONTENTINFO 1"), List.of(
        "BANNER " + browser.evaluate("document.querySelectorAll('body > header').length").asLong(), "NAV " + browser.evaluate("document.querySelectorAll('nav[aria-label]').length").asLong(),
        "MAIN " + browser.evaluate("document.querySelectorAll('main').length").asLong(), "CONTENTINFO " + browser.evaluate("document.querySelectorAll('body > footer').length").asLong()));
    assertEquals(1, browser.evaluate("document.querySelectorAll('h1').length").asLong());
    assertEquals(0, browser.evaluate("[...document.querySelectorAll('table')].filter(t => !t.querySelector('thead th[scope=col]')).length").asLong());
    assertEquals(0, browser.evaluate("[...document.querySelectorAll('#check-rows tr, #route-rows tr')].filter(r => !r.querySelector('th[scope=row]')).length").asLong());
    assertEquals(0, browser.evaluate("[...document.querySelectorAll('nav a')].filter(a => !document.querySelector(a.getAttribute('href'))).length").asLong());
    assertEquals("en", browser.evaluate("document.documentElement.lang").asString());
    assertEquals("status", browser.evaluate("document.querySelector('#told').getAttribute('role')").asString());
  }

  @Test void fitsAPhoneAZoomAndLargeText() throws Exception {
    visit("/warn/10");
    visit("/orders/7", 20);
    visit("/ledger/down");
    browser.await("document.querySelector('#check-rows tr.is-bad') && now.traffic && now.traffic.requests >= 20");
    browser.window(320, 640, 2);
    fits(320);
    accessible();
    browser.picture(PICTURES.resolve("phone-320.png"));
    browser.window(375, 812, 2);
    fits(375);
    browser.dark(true);
    accessible();
    browser.picture(PICTURES.resolve("phone-dark.png"));
    browser.dark(false);
    browser.window(640, 450, 2); // 1280 CSS pixels at 200 %
    fits(640);
    accessible();
    browser.picture(PICTURES.resolve("zoom-200.png"));
    browser.window(1280, 900, 1);
    browser.evaluate("document.documentElement.style.fontSize = '200%'");
    fits(1280);
    browser.picture(PICTURES.resolve("text-200.png"));
  }

  private static void fits(int width) throws InterruptedException {
    browser.await("innerWidth === " + width + " && document.querySelector('.plot').getAttribute('viewBox').split(' ')[2] <= " + width);
    assertTrue(browser.evaluate("document.documentElement.scrollWidth").asLong() <= width, "no scrolling to the side at " + width);
    assertEquals(List.of(), browser.evaluate("""
        [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, .tall, .skip, svg, thead')).filter(e => e.getBoundingClientRect().right > innerWidth + 1)
          .map(e => e.tagName + ' ' + e.className + ' ' + e.textContent.slice(0, 40))""").asList());
  }

  @Test void nothingMoves() throws Exception {
    assertEquals(0, browser.evaluate("document.getAnimations().length").asLong());
    assertEquals("auto", browser.evaluate("getComputedStyle(document.documentElement).scrollBehavior").asString(), "where reduced motion is asked for");
  }

  @Test void isAccessibleInLightAndDark() throws Exception {
    visit("/orders/7", 50);
    visit("/broken", 2);
    visit("/cache/down");
    visit("/warn/3");
    browser.await("now.traffic && now.traffic.requests >= 54 && document.querySelector('#log-rows tr')");
    browser.picture(PICTURES.resolve("light.png"));
    accessible();
    browser.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)");
    accessible();
    browser.dark(true);
    accessible();
    browser.evaluate("document.querySelectorAll('details').forEach(each => each.open = false)");
    browser.picture(PICTURES.resolve("dark.png"));
  }

  /// No rule of axe's is broken, its best practices among them.
  private static void accessible() throws IOException, InterruptedException {
    String axe = Files.readString(Npm.file(AXE, "axe.min.js"));
    browser.call("Runtime.evaluate", Map.of("expression", axe));
    List<String> violations = browser.evaluate("axe.run({ resultTypes: ['violations'] }).then(r => r.violations.map(v => v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.html.slice(0, 200) + n.failureSummary).join(' | ')))")
        .asList().stream().map(Json::asString).toList();
    assertEquals(List.of(), violations);
  }

  @Test void theMarkupIsRight() throws Exception {
    Path tool = Npm.file(HTML_VALIDATE, "bin/html-validate.js");
    Path page = Files.writeString(folder.resolve("page.html"), Http.get(port, "/").body());
    Path rules = Files.writeString(folder.resolve(".htmlvalidate.json"), """
        {"root": true, "extends": ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
         "rules": {"no-redundant-role": "off", "prefer-native-element": "off", "long-title": "off", "require-sri": "off", "wcag/h30": "off"}}
        """);
    Process check = new ProcessBuilder("node", tool.toAbsolutePath().toString(), "--config", rules.toString(), "--formatter", "text", page.toString()).redirectErrorStream(true).start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, check.waitFor(), said);
  }

  @Test void writesNumbersAsPeopleReadThem() throws Exception {
    var expected = new LinkedHashMap<String, String>();
    expected.put("duration(0)", "0 s");
    expected.put("duration(59999)", "59 s");
    expected.put("duration(60000)", "1 min 0 s");
    expected.put("duration(3 * 3600000 + 120000)", "3 h 2 min");
    expected.put("duration(50 * 3600000)", "2 d 2 h");
    expected.put("duration(-5)", "0 s");
    expected.put("bytes(0)", "0 B");
    expected.put("bytes(1023)", "1,023 B");
    expected.put("bytes(1536)", "1.5 KiB");
    expected.put("bytes(300 << 20)", "300 MiB");
    expected.put("seconds(null)", "–");
    expected.put("seconds(0)", "0 ms");
    expected.put("seconds(0.0042)", "4.2 ms");
    expected.put("seconds(2.5)", "2.5 s");
    expected.put("seconds(10, 10)", "≥ 10 s");
    expected.put("percent(0)", "0 %");
    expected.put("percent(0.00001)", "< 0.01 %");
    expected.put("percent(0.0314)", "3.14 %");
    expected.put("percent(1)", "100 %");
    expected.put("short(0.0123)", "0.01");
    expected.put("short(1234.5)", "1,235");
    expected.put("many(1, 'request', 'requests')", "1 request");
    expected.put("clean('a\\nb\\u202ec')", "a\\u000ab\\u202ec");
    expected.put("String(ceiling(0.011))", "0.02");
    expected.put("String(ceiling(1))", "1");
    expected.put("String(ceiling(61))", "80");
    expected.put("String(ceilingOfBytes(200 << 20) / 1048576)", "256");
    var got = new LinkedHashMap<String, String>();
    for (String expression : expected.keySet()) {
      got.put(expression, browser.evaluate(expression + ".replaceAll('\\u00a0', ' ')").asString());
    }
    assertEquals(expected, got);
  }
}

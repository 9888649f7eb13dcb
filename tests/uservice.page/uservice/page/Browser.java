package uservice.page;

import module java.base;
import testing.Chromium;
import uservice.json.Json;

/// One tab of a browser: what it is told to do, and what it did: its requests, its console, its errors.
final class Browser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MESSAGE_BYTES_MAX = 64 << 20;

  private final Chromium chromium;
  private final String session;
  private final List<Json> events = new ArrayList<>();
  private int calls;

  Browser(Path folder) throws IOException, InterruptedException {
    chromium = Chromium.start(folder);
    String target = command("Target.createTarget", Map.of("url", "about:blank"), null).asString("/targetId");
    session = command("Target.attachToTarget", Map.of("targetId", target, "flatten", true), null).asString("/sessionId");
    for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
      call(domain + ".enable", Map.of());
    }
  }

  /// Calls a method of the DevTools protocol on this tab.
  Json call(String method, Map<String, ?> parameters) throws InterruptedException {
    return command(method, parameters, session);
  }

  private Json command(String method, Map<String, ?> parameters, String session) throws InterruptedException {
    int id = ++calls;
    var message = new LinkedHashMap<String, Object>(Map.of("id", id, "method", method, "params", parameters));
    if (session != null) {
      message.put("sessionId", session);
    }
    chromium.send(Json.of(message).toString());
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Json answer = next();
      if (answer != null && answer.get("id").filter(got -> got.asLong() == id).isPresent()) {
        if (answer.get("error").isPresent()) {
          throw new AssertionError(method + ": " + answer);
        }
        return answer.at("/result");
      }
    }
    throw new AssertionError(method + " was not answered");
  }

  /// Takes one message in; null where none came. Events are kept.
  private Json next() throws InterruptedException {
    String text = chromium.receive();
    if (text == null) {
      return null;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Json json = Json.parse(bytes, MESSAGE_BYTES_MAX, Json.DEPTH_MAX);
    if (json.get("method").isPresent()) {
      events.add(json);
    }
    return json;
  }

  void open(String url) throws InterruptedException {
    call("Page.navigate", Map.of("url", url));
    await("location.href === " + Json.of(url) + " && document.readyState === 'complete'");
  }

  /// What an expression is in the page; a promise is awaited. What it throws is an assertion that failed.
  Json evaluate(String expression) throws InterruptedException {
    Json result = call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (result.get("exceptionDetails").isPresent()) {
      throw new AssertionError(expression + ": " + result.at("/exceptionDetails"));
    }
    return result.at("/result").get("value").orElse(new Json.Null());
  }

  /// Waits until an expression is true.
  void await(String expression) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!(evaluate("Boolean(" + expression + ")") instanceof Json.Bool(boolean yes) && yes)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("never true: " + expression + "\n" + text("body"));
      }
      Thread.sleep(20);
    }
  }

  /// The visible text of the first element that matches.
  String text(String selector) throws InterruptedException {
    return evaluate("document.querySelector(" + Json.of(selector) + ").innerText").asString();
  }

  /// A window of so many CSS pixels, each of `scale` pixels of the screen.
  void window(int width, int height, double scale) throws InterruptedException {
    call("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", height, "deviceScaleFactor", scale, "mobile", false));
  }

  void dark(boolean dark) throws InterruptedException {
    call("Emulation.setEmulatedMedia", Map.of("features", List.of(
        Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
        Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  /// Presses a key as a person does.
  void press(String key, int code) throws InterruptedException {
    for (String type : List.of("rawKeyDown", "keyUp")) {
      call("Input.dispatchKeyEvent", Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code));
    }
  }

  /// Keeps a picture of the whole page.
  void picture(Path file) throws InterruptedException, IOException {
    Json size = call("Page.getLayoutMetrics", Map.of()).at("/cssContentSize");
    Json shot = call("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip",
        Map.of("x", 0, "y", 0, "width", size.asDouble("/width"), "height", size.asDouble("/height"), "scale", 1)));
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode(shot.asString("/data")));
  }

  /// What happened so far of one kind, such as `Network.requestWillBeSent`: the parameters of each event.
  List<Json> happened(String event) throws InterruptedException {
    call("Runtime.evaluate", Map.of("expression", "0")); // what came before is there with the answer
    return events.stream().filter(each -> each.asString("/method").equals(event)).map(each -> each.at("/params")).toList();
  }

  /// What the console shows, but for failures of the network itself.
  List<String> complaints() throws InterruptedException {
    var complaints = new ArrayList<String>();
    happened("Runtime.exceptionThrown").forEach(each -> complaints.add(each.toString()));
    happened("Runtime.consoleAPICalled").forEach(each -> complaints.add(each.toString()));
    happened("Log.entryAdded").stream().filter(each -> !each.asString("/entry/source").equals("network")).forEach(each -> complaints.add(each.toString()));
    return complaints;
  }

  /// Has the events so far forgotten.
  void forget() throws InterruptedException {
    happened("");
    events.clear();
  }

  @Override public void close() throws IOException {
    chromium.close();
  }
}

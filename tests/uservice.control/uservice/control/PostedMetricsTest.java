package uservice.control;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import uservice.http.ProblemException;
import uservice.metrics.Format;
import uservice.metrics.Metrics;
import uservice.json.Utf8Buffer;

/// What becomes of posted numbers, of both formats.
class PostedMetricsTest {
  private final Metrics metrics = new Metrics();
  private final PostedMetrics posted = new PostedMetrics(metrics, 10);

  private void post(String body) {
    posted.post(body.getBytes(StandardCharsets.UTF_8));
  }

  private String refused(int status, String body) {
    var problem = assertThrows(ProblemException.class, () -> post(body));
    assertEquals(status, problem.reply().status(), problem.getMessage());
    return problem.getMessage();
  }

  private String page() {
    var out = new Utf8Buffer(1024);
    metrics.render(Format.TEXT, List.of(), out);
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }

  private void has(String... lines) {
    String page = page();
    for (String line : lines) {
      assertTrue(("\n" + page).contains("\n" + line + "\n"), line + " is not in\n" + page);
    }
  }

  @Test void pageOfAClientLibraryIsTakenAsItStands() {
    // As prometheus_client for Python writes it.
    String page = """
        # HELP sold_total Things\\nsold.
        # TYPE sold_total counter
        sold_total{shelf="a\\"b\\\\c\\nd",way="up"} 3.0
        # HELP sold_created Things sold.
        # TYPE sold_created gauge
        sold_created{shelf="a",way="up"} 1.7e+09
        # TYPE depth gauge
        depth -1.5 1700000000000
        # TYPE wait_seconds histogram
        wait_seconds_bucket{le="0.1"} 1.0
        wait_seconds_bucket{le="1.0"} 3.0
        wait_seconds_bucket{le="+Inf"} 4.0
        wait_seconds_count 4.0
        wait_seconds_sum 5.5
        # EOF
        """;
    post(page);
    has("# HELP sold_total Things sold.", "sold_total{shelf=\"a\\\"b\\\\c\\nd\",way=\"up\"} 3", "depth -1.5",
        "wait_seconds_bucket{le=\"0.1\"} 1", "wait_seconds_bucket{le=\"1.0\"} 3", "wait_seconds_bucket{le=\"+Inf\"} 4", "wait_seconds_count 4", "wait_seconds_sum 5.5");
    post(page.replace("} 3.0\n# HELP", "} 5.5\n# HELP").replace("+Inf\"} 4.0", "+Inf\"} 6.0").replace("sum 5.5", "sum 9.5"));
    has("sold_total{shelf=\"a\\\"b\\\\c\\nd\",way=\"up\"} 5.5", "wait_seconds_bucket{le=\"1.0\"} 3", "wait_seconds_count 6", "wait_seconds_sum 9.5");
  }

  @Test void counterThatStandsLowerWasStartedAnew() {
    post("sold_total 10\n");
    post("sold_total 10\n");
    post("sold_total 4\n");
    post("sold_total 5\n");
    has("sold_total 15");
    String histogram = "# TYPE w histogram\nw_bucket{le=\"1\"} %d\nw_bucket{le=\"+Inf\"} %d\nw_sum %d\n";
    post(histogram.formatted(2, 5, 50));
    post(histogram.formatted(1, 1, 1));
    post(histogram.formatted(1, 2, 9));
    has("w_bucket{le=\"1.0\"} 3", "w_count 7", "w_sum 59");
  }

  @Test void jsonTellsWhatChanged() {
    post("{\"name\":\"sold_total\"}");
    post("{\"name\":\"sold_total\",\"add\":2.5}");
    post("{\"name\":\"depth\",\"set\":7}");
    post("{\"name\":\"depth\",\"add\":-2}");
    post("{\"name\":\"level\",\"type\":\"gauge\",\"add\":3}");
    post("{\"name\":\"w\",\"observe\":0.5,\"buckets\":[1,2]}");
    post("{\"name\":\"w\",\"observe\":[1.5,9],\"buckets\":[1,2]}");
    post("{\"name\":\"x\",\"labels\":{\"b\":\"1\",\"a\":\"2\"},\"set\":1}");
    post("x{a=\"2\",b=\"1\"} 2\n");
    has("sold_total 3.5", "depth 5", "level 3", "w_bucket{le=\"1.0\"} 1", "w_bucket{le=\"2.0\"} 2", "w_count 3", "w_sum 11", "x{a=\"2\",b=\"1\"} 2");
  }

  @Test void textWithoutTypesGoesByTheName() {
    post("a_total 2\nb 3\n# TYPE c untyped\nc 1\n# TYPE d counter\nd_total 4\n\r\n  \n");
    String page = page();
    for (String line : List.of("# TYPE a_total counter", "# TYPE b gauge", "# TYPE c gauge", "# TYPE d_total counter")) {
      assertTrue(page.contains(line + "\n"), page);
    }
  }

  @Test void whatIsWrongIsToldWithItsLine() {
    var wrong = new LinkedHashMap<String, String>();
    wrong.put("a", "line 1: the value is missing");
    wrong.put("ok 1\na 1 2 3", "line 2: '3' follows the value");
    wrong.put("a{", "line 1: the line ends within its labels");
    wrong.put("a{b", "line 1: the line ends within its labels");
    wrong.put("a{b=c} 1", "line 1: expected \" at character 5, found c");
    wrong.put("a{b=\"c} 1", "line 1: the line ends within its labels");
    wrong.put("a{b=\"c\" d=\"e\"} 1", "line 1: expected , at character 9, found d");
    wrong.put("a{b=\"c\",b=\"d\"} 1", "line 1: label 'b' is there twice");
    wrong.put("a{9=\"c\"} one", "line 1: 'one' is no number");
    wrong.put("=", "line 1: expected a metric's name at character 1, found =");
    wrong.put("a_total -1", "line 1: metric 'a_total' is a counter, which is 0 or more, got -1.0");
    wrong.put("a_total NaN", "line 1: metric 'a_total' is a counter, which is 0 or more, got NaN");
    wrong.put("# TYPE s summary\ns 1", "line 1: metric 's' is of type 'summary', which must be counter, gauge or histogram");
    wrong.put("# TYPE h histogram\nh 1", "line 2: metric 'h' is a histogram: lines of h_bucket, _sum and _count");
    wrong.put("# TYPE h histogram\nh_bucket 1", "line 2: metric 'h_bucket' has no label le");
    wrong.put("# TYPE h histogram\nh_bucket{le=\"1\"} 1", "line 2: histogram 'h' needs a bucket le=\"+Inf\", and one below it");
    wrong.put("# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1",
        "line 3: histogram 'h' has a bucket with less than the one below it: each counts what is at or below its bound");
    wrong.put("# TYPE h histogram\nh_bucket{le=\"1\"} 1.5", "line 2: metric 'h' has 1.5 in a bucket, which must be a whole number");
    wrong.put("job:x 1", "metric 'job:x' must have letters, digits and underscores only, no digit first: 'job_x'");
    wrong.put("{\"name\":\"a\",\"type\":\"gauge\"}", "metric 'a' has none of add, set and observe: one of them");
    wrong.put("{\"name\":\"a_total\",\"type\":\"counter\",\"set\":1}", "metric 'a_total' is a counter: add, not set or observe");
    wrong.put("[{\"name\":\"a\",\"set\":1},3]", "/1: expected a JSON object, found the number 3");
    wrong.forEach((body, detail) -> assertEquals(detail, refused(400, body), body));
    assertFalse(page().contains("ok"), "nothing of them was taken");
  }

  @Test void everyCutOfAPageIsRefusedOrTaken() {
    String page = "# TYPE h histogram\nh_bucket{le=\"1\",x=\"y\\\\\"} 1\nh_bucket{le=\"+Inf\",x=\"y\\\\\"} 2\nh_sum{x=\"y\\\\\"} 3\nsold_total{a=\"b\"} 4 5\n";
    for (int i = 0; i < page.length(); i++) {
      try {
        post(page.substring(0, i));
      } catch (ProblemException told) {
        assertTrue(told.reply().status() == 400 || told.reply().status() == 409, told.getMessage());
      }
    }
    posted.remove("h");
    post(page);
    has("sold_total{a=\"b\"} 4");
  }

  @Test void anotherShapeIsRefusedUntilTheMetricIsRemoved() {
    post("{\"name\":\"x\",\"labels\":{\"a\":\"1\"},\"set\":1}");
    assertEquals("metric 'x' is a gauge with the labels [a], posted was a gauge with the labels [a, b]: the same again, another name, or DELETE /metrics/x first",
        refused(409, "{\"name\":\"x\",\"labels\":{\"a\":\"1\",\"b\":\"2\"},\"set\":1}"));
    assertTrue(refused(409, "{\"name\":\"new\",\"set\":1}".transform(fresh -> "[" + fresh + ",{\"name\":\"x\",\"set\":2}]")).startsWith("/1: metric 'x' is"));
    assertFalse(metrics.has("new"), "all of it is taken, or nothing");
    posted.remove("x");
    post("{\"name\":\"x\",\"set\":1}");
    has("x 1");
  }

  @Test void seriesAreCountedAndMakeRoom() {
    for (int i = 0; i < 10; i++) {
      post("x{i=\"" + i + "\"} 1\n");
    }
    post("x{i=\"3\"} 2\n");
    assertTrue(refused(409, "x{i=\"10\"} 1\n").startsWith("there are 10 series, and 1 more are beyond control.max_series, 10"));
    assertTrue(refused(409, "y_total 1\n").contains("max_series"));
    posted.remove("x");
    post("y_total 1\n");
    posted.ended();
    post("z 1\n");
    posted.ended();
    assertFalse(page().contains("z"), "gauges end with their program");
    has("y_total 1");
    post("y_total 1\n");
    has("y_total 2");
    for (int i = 0; i < 9; i++) {
      post("x{i=\"" + i + "\"} 1\n");
    }
    refused(409, "x{i=\"9\"} 1\n");
  }

  @Test void theServicesOwnAreLeftAlone() {
    metrics.counter("own_total", "Own.").add(1);
    assertEquals("line 1: metric 'own_total' is the service's own: another name", refused(409, "own_total 5\n"));
    refused(409, "# TYPE own gauge\nown 5\n");
    has("own_total 1");
  }
}

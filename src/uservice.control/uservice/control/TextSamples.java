package uservice.control;

import module java.base;
import uservice.control.Sample.Change;
import uservice.metrics.Type;

/// Numbers in Prometheus' text format 0.0.4, as the client libraries of other languages write it: how things stand.
///
/// ```
/// # HELP orders_total Orders sold.
/// # TYPE orders_total counter
/// orders_total{shelf="7"} 12
/// ```
///
/// Where no TYPE was told, a name that ends in `_total` is a counter and another one a gauge. The lines of a histogram stand together, from
/// its TYPE on. Timestamps are read over, and so are `_created` lines, which tell when a series began.
final class TextSamples {
  private static final Set<String> TYPES = Set.of("counter", "gauge", "histogram", "untyped", "unknown");

  /// The lines of one histogram's series, as they come.
  private static final class Lines {
    final SortedMap<Double, Double> buckets = new TreeMap<>();
    double sum;
    int line;
  }

  private final Function<String, Type> known;
  private final Map<String, Type> types = new HashMap<>();
  private final Map<String, String> helps = new HashMap<>();
  private final List<Sample> samples = new ArrayList<>();
  private final Map<String, Map<SortedMap<String, String>, Lines>> histograms = new LinkedHashMap<>();
  private String text; // the line, with its number and how far it was read
  private int number;
  private int at;

  private TextSamples(Function<String, Type> known) {
    this.known = known;
  }

  /// `known` knows the types of those that were posted before, and is null for others.
  ///
  /// @throws IllegalArgumentException with the line and what would be right
  static List<Sample> read(String body, Function<String, Type> known) {
    var reader = new TextSamples(known);
    for (String line : body.split("\n", -1)) {
      reader.number++;
      reader.text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      reader.at = 0;
      reader.line();
    }
    reader.histograms.forEach((name, all) -> all.forEach((labels, lines) -> reader.close(name, labels, lines)));
    return reader.samples;
  }

  private void line() {
    skipSpaces();
    if (at == text.length()) {
      return;
    }
    if (text.charAt(at) == '#') {
      comment();
      return;
    }
    String name = word("a metric's name");
    SortedMap<String, String> labels = at < text.length() && text.charAt(at) == '{' ? labels() : new TreeMap<>();
    skipSpaces();
    double value = value();
    skipSpaces();
    if (at < text.length()) {
      value(); // a timestamp
      skipSpaces();
    }
    if (at < text.length()) {
      throw wrong("'" + Name.shorten(text.substring(at)) + "' follows the value");
    }
    sample(name, labels, value);
  }

  /// `# HELP name text`, `# TYPE name type`; others say nothing here.
  private void comment() {
    String[] words = text.substring(at + 1).strip().split("[ \t]+", 3);
    if (words.length == 3 && words[0].equals("HELP")) {
      helps.put(words[1], words[2].replace("\\n", " ").replace("\\\\", "\\"));
    } else if (words.length == 3 && words[0].equals("TYPE")) {
      String type = words[2].strip();
      if (!TYPES.contains(type)) {
        throw wrong("metric '" + Name.shorten(words[1]) + "' is of type '" + Name.shorten(type) + "', which must be counter, gauge or histogram");
      }
      if (type.startsWith("un")) {
        types.remove(words[1]);
      } else {
        types.put(words[1], Type.valueOf(type.toUpperCase(Locale.ROOT)));
      }
    }
  }

  private void sample(String name, SortedMap<String, String> labels, double value) {
    for (String suffix : List.of("_bucket", "_sum", "_count")) {
      String base = cut(name, suffix);
      if (base != null && typeOf(base) == Type.HISTOGRAM) {
        part(base, suffix, labels, value);
        return;
      }
    }
    String base = cut(name, "_created");
    if (base != null && (typeOf(base) != null || typeOf(base + "_total") != null)) {
      return;
    }
    String total = cut(name, "_total"); // OpenMetrics tells the type of the name without it
    Type type = typeOf(name) != null ? typeOf(name) : total == null ? Type.GAUGE : Type.COUNTER;
    if (type == Type.HISTOGRAM) {
      throw wrong("metric '" + name + "' is a histogram: lines of " + name + "_bucket, _sum and _count");
    }
    if (type == Type.COUNTER && !(value >= 0 && value <= Double.MAX_VALUE)) {
      throw wrong("metric '" + name + "' is a counter, which is 0 or more, got " + value);
    }
    String help = helps.getOrDefault(name, total == null ? "" : helps.getOrDefault(total, ""));
    samples.add(new Sample("line " + number + ": ", name, type, help, labels, type == Type.COUNTER ? new Change.StandsAt(value) : new Change.Set(value)));
  }

  private Type typeOf(String name) {
    Type told = types.get(name);
    return told != null ? told : known.apply(name);
  }

  private static String cut(String name, String suffix) {
    return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : null;
  }

  private void part(String name, String suffix, SortedMap<String, String> labels, double value) {
    String bound = suffix.equals("_bucket") ? labels.remove("le") : "";
    if (bound == null) {
      throw wrong("metric '" + name + "_bucket' has no label le");
    }
    var lines = histograms.computeIfAbsent(name, _ -> new LinkedHashMap<>()).computeIfAbsent(labels, _ -> new Lines());
    lines.line = number;
    if (suffix.equals("_bucket")) {
      if (!(value >= 0 && value <= 1L << 53 && value == Math.rint(value))) {
        throw wrong("metric '" + name + "' has " + value + " in a bucket, which must be a whole number");
      }
      lines.buckets.put(number(bound), value);
    } else if (suffix.equals("_sum")) {
      lines.sum = value;
    }
  }

  /// The lines of a series are there: what was added up is taken apart again.
  private void close(String name, SortedMap<String, String> labels, Lines lines) {
    number = lines.line;
    if (lines.buckets.isEmpty() || lines.buckets.lastKey() != Double.POSITIVE_INFINITY || lines.buckets.size() < 2) {
      throw wrong("histogram '" + name + "' needs a bucket le=\"+Inf\", and one below it");
    }
    var counts = new long[lines.buckets.size()];
    double before = 0;
    int i = 0;
    for (double count : lines.buckets.values()) {
      if (count < before) {
        throw wrong("histogram '" + name + "' has a bucket with less than the one below it: each counts what is at or below its bound");
      }
      counts[i++] = (long) (count - before);
      before = count;
    }
    double[] bounds = lines.buckets.keySet().stream().limit(counts.length - 1).mapToDouble(bound -> bound).toArray();
    samples.add(new Sample("line " + number + ": ", name, Type.HISTOGRAM, helps.getOrDefault(name, ""), labels, new Change.Buckets(bounds, counts, lines.sum)));
  }

  // {name="value",other="value"}
  private SortedMap<String, String> labels() {
    var labels = new TreeMap<String, String>();
    at++;
    for (skipSpaces(); peek() != '}'; skipSpaces()) {
      String label = word("a label's name, or }");
      skipSpaces();
      expect('=');
      skipSpaces();
      expect('"');
      if (labels.put(label, quoted()) != null) {
        throw wrong("label '" + Name.shorten(label) + "' is there twice");
      }
      skipSpaces();
      if (peek() != '}') {
        expect(',');
      }
    }
    at++;
    return labels;
  }

  private String quoted() {
    var value = new StringBuilder();
    for (; peek() != '"'; at++) {
      char c = text.charAt(at);
      if (c == '\\' && at + 1 < text.length()) {
        char escaped = text.charAt(++at);
        value.append(escaped == 'n' ? '\n' : escaped);
      } else {
        value.append(c);
      }
    }
    at++;
    return value.toString();
  }

  /// The character that comes, 0 at the end of the line; inside of labels the end is a problem, which [#expect(char)] tells.
  private char peek() {
    if (at >= text.length()) {
      throw wrong("the line ends within its labels");
    }
    return text.charAt(at);
  }

  private void expect(char c) {
    if (peek() != c) {
      throw wrong("expected " + c + " at character " + (at + 1) + ", found " + text.charAt(at));
    }
    at++;
  }

  private String word(String what) {
    int from = at;
    while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_' || text.charAt(at) == ':')) {
      at++;
    }
    if (at == from) {
      throw wrong("expected " + what + " at character " + (from + 1) + ", found " + (from < text.length() ? text.charAt(from) : "the end"));
    }
    return text.substring(from, at);
  }

  private double value() {
    int from = at;
    while (at < text.length() && text.charAt(at) != ' ' && text.charAt(at) != '\t') {
      at++;
    }
    if (at == from) {
      throw wrong("the value is missing");
    }
    return number(text.substring(from, at));
  }

  private double number(String word) {
    try {
      return switch (word) {
        case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(word);
      };
    } catch (NumberFormatException none) {
      throw wrong("'" + Name.shorten(word) + "' is no number");
    }
  }

  private void skipSpaces() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  private IllegalArgumentException wrong(String detail) {
    return new IllegalArgumentException("line " + number + ": " + detail);
  }
}

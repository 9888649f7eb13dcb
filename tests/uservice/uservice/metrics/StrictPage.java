package uservice.metrics;

import module java.base;

/// A page read by the letter of its format, so that a test sees what is on it: whatever is not in the grammar, or stands where it
/// must not, is an [AssertionError]. Written from the specifications, not from the code under test.
final class StrictPage {
  /// One line with a value.
  record Sample(String name, Map<String, String> labels, double value) {}

  /// A family, by the name in its TYPE line.
  record Family(String type, String unit, String help, List<Sample> samples) {}

  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*";
  private static final Pattern TEXT_META = Pattern.compile("# (HELP|TYPE) (" + NAME + ") (.*)", Pattern.DOTALL);
  private static final Pattern OPEN_META = Pattern.compile("# (HELP|TYPE|UNIT) (" + NAME + ") (.*)", Pattern.DOTALL);
  private static final Pattern SAMPLE = Pattern.compile("(" + NAME + ")(?:\\{(.*)\\})? ([^ ]+)", Pattern.DOTALL);
  private static final Pattern NUMBER = Pattern.compile("[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
  private static final Map<String, Set<String>> TEXT_SUFFIXES = Map.of("counter", Set.of(""), "gauge", Set.of(""),
      "histogram", Set.of("_bucket", "_count", "_sum"));
  private static final Map<String, Set<String>> OPEN_SUFFIXES = Map.of("counter", Set.of("_total"), "gauge", Set.of(""),
      "info", Set.of("_info"), "histogram", Set.of("_bucket", "_count", "_sum"));

  private final Format format;
  private final Map<String, Family> families = new LinkedHashMap<>();
  private final Map<String, Sample> series = new LinkedHashMap<>();

  private StrictPage(Format format) {
    this.format = format;
  }

  static StrictPage of(Metrics metrics, Format format) {
    String accept = format == Format.TEXT ? "text/plain" : "application/openmetrics-text; version=1.0.0";
    return parse(new String(metrics.render(accept, null, List.of()).bytes(), StandardCharsets.UTF_8), format);
  }

  static StrictPage parse(String text, Format format) {
    var page = new StrictPage(format);
    check(text.isEmpty() ? format == Format.TEXT : text.endsWith("\n"), "the last line ends");
    var lines = new ArrayList<>(List.of(text.split("\n", -1)));
    lines.removeLast();
    if (format == Format.OPENMETRICS) {
      check(!lines.isEmpty() && lines.removeLast().equals("# EOF"), "ends in # EOF");
    }
    for (int i = 0; i < lines.size(); ) {
      i = page.family(lines, i);
    }
    return page;
  }

  Map<String, Family> families() {
    return families;
  }

  /// The value of a series, written as `name{label="value"}` with the labels sorted; absent where it is not on the page.
  OptionalDouble value(String series) {
    Sample sample = this.series.get(series);
    return sample == null ? OptionalDouble.empty() : OptionalDouble.of(sample.value());
  }

  Set<String> series() {
    return series.keySet();
  }

  private int family(List<String> lines, int first) {
    var meta = new LinkedHashMap<String, String>();
    String name = null;
    int at = first;
    for (; at < lines.size() && lines.get(at).startsWith("#"); at++) {
      Matcher matcher = (format == Format.TEXT ? TEXT_META : OPEN_META).matcher(lines.get(at));
      check(matcher.matches(), lines.get(at));
      if (name != null && !name.equals(matcher.group(2))) {
        break;
      }
      name = matcher.group(2);
      check(meta.put(matcher.group(1), matcher.group(3)) == null, "once: " + lines.get(at));
    }
    check(name != null, "described: " + lines.get(first));
    check(List.copyOf(meta.keySet()).equals(format == Format.TEXT ? List.of("HELP", "TYPE")
        : meta.containsKey("UNIT") ? List.of("TYPE", "UNIT", "HELP") : List.of("TYPE", "HELP")), "in order: " + meta);
    String unit = meta.getOrDefault("UNIT", "");
    check(unit.isEmpty() || name.endsWith("_" + unit), "the unit is the suffix: " + name);
    var samples = new ArrayList<Sample>();
    for (; at < lines.size() && !lines.get(at).startsWith("#"); at++) {
      samples.add(sample(lines.get(at), name, meta.get("TYPE")));
    }
    check(!samples.isEmpty(), "has samples: " + name);
    String help = unescape(meta.get("HELP"), format == Format.OPENMETRICS);
    check(families.put(name, new Family(meta.get("TYPE"), unit, help, samples)) == null, "contiguous: " + name);
    if (meta.get("TYPE").equals("histogram")) {
      checkHistogram(name, samples);
    }
    return at;
  }

  private Sample sample(String line, String family, String type) {
    Matcher matcher = SAMPLE.matcher(line);
    check(matcher.matches(), line);
    String name = matcher.group(1);
    Set<String> suffixes = (format == Format.TEXT ? TEXT_SUFFIXES : OPEN_SUFFIXES).get(type);
    check(suffixes != null && name.startsWith(family) && suffixes.contains(name.substring(family.length())), type + ": " + line);
    Map<String, String> labels = labels(matcher.group(2));
    check(labels.containsKey("le") == name.equals(family + "_bucket") || !type.equals("histogram"), line);
    var sample = new Sample(name, labels, number(matcher.group(3)));
    check(!type.equals("counter") || sample.value() >= 0, "a counter is a number from 0: " + line);
    check(!type.equals("info") || sample.value() == 1, "an info is 1: " + line);
    check(series.put(key(name, labels), sample) == null, "once: " + line);
    return sample;
  }

  private static String key(String name, Map<String, String> labels) {
    return name + (labels.isEmpty() ? "" : new TreeMap<>(labels).entrySet().stream()
        .map(label -> label.getKey() + "=\"" + label.getValue() + "\"").collect(Collectors.joining(",", "{", "}")));
  }

  /// `a="x",b="y"`, with `\\`, `\"` and `\n` inside the quotes.
  private static Map<String, String> labels(String text) {
    var labels = new LinkedHashMap<String, String>();
    if (text == null) {
      return labels;
    }
    Matcher matcher = Pattern.compile("(" + LABEL + ")=\"((?:[^\\\\\"\n]|\\\\.)*+)\"(,|$)").matcher(text);
    int at = 0;
    while (at < text.length()) {
      check(matcher.find(at) && matcher.start() == at, "labels: " + text);
      check(labels.put(matcher.group(1), unescape(matcher.group(2), true)) == null, "label once: " + text);
      at = matcher.end();
      check(at < text.length() || matcher.group(3).isEmpty(), "no comma at the end: " + text);
    }
    check(!labels.isEmpty(), "no empty braces");
    return labels;
  }

  private static String unescape(String text, boolean quotes) {
    var plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      check(c != '"' || !quotes, "a bare quote: " + text);
      if (c == '\\') {
        char escaped = text.charAt(++i);
        check(escaped == '\\' || escaped == 'n' || quotes && escaped == '"', "escape: " + text);
        c = escaped == 'n' ? '\n' : escaped;
      }
      plain.append(c);
    }
    return plain.toString();
  }

  private static double number(String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> {
        check(NUMBER.matcher(text).matches(), "a number: " + text);
        yield Double.parseDouble(text);
      }
    };
  }

  private static void checkHistogram(String name, List<Sample> samples) {
    var groups = new LinkedHashMap<Map<String, String>, List<Sample>>();
    for (Sample sample : samples) {
      var labels = new TreeMap<>(sample.labels());
      labels.remove("le");
      groups.computeIfAbsent(labels, _ -> new ArrayList<>()).add(sample);
    }
    groups.values().forEach(group -> {
      double bound = Double.NEGATIVE_INFINITY;
      double count = 0;
      List<Sample> buckets = group.stream().takeWhile(sample -> sample.labels().containsKey("le")).toList();
      for (Sample sample : buckets) {
        check(sample.labels().get("le").contains(".") || sample.labels().get("le").matches("\\+Inf|.*e.*"), "canonical: " + sample);
        check(number(sample.labels().get("le")) > bound && sample.value() >= count, "ascending and cumulative: " + sample);
        bound = number(sample.labels().get("le"));
        count = sample.value();
      }
      check(bound == Double.POSITIVE_INFINITY, "+Inf is there: " + group);
      List<Sample> rest = group.subList(buckets.size(), group.size());
      if (buckets.getFirst().labels().get("le").startsWith("-")) {
        check(rest.isEmpty(), "no sum with negative bounds: " + rest);
      } else {
        check(rest.size() == 2 && rest.getLast().name().equals(name + "_sum"), "count and sum: " + rest);
        check(rest.getFirst().equals(new Sample(name + "_count", rest.getLast().labels(), count)), "count is +Inf's: " + rest);
      }
    });
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}

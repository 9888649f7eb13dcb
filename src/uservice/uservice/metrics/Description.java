package uservice.metrics;

import module java.base;
import uservice.json.Utf8Buffer;

/// What a family is, and the bytes that follow from it: they are made once, so that a scrape copies them.
final class Description {
  private static final double[] NO_BOUNDS = {};
  private static final int PREFIX_ROOM = 128;

  final Type type;
  final String name;
  final List<String> labels;
  final double[] bounds;
  private final List<String> taken;
  private final byte[] text;
  private final byte[] openMetrics;
  private final byte[][] bucketEnds;

  Description(Type type, String name, String help, List<String> labels) {
    this(type, name, help, labels, NO_BOUNDS);
  }

  Description(Type type, String name, String help, List<String> labels, double... bounds) {
    Names.check(type, name, help, labels);
    checkBounds(name, bounds);
    this.type = type;
    this.name = name;
    this.labels = List.copyOf(labels);
    this.bounds = bounds;
    this.taken = Names.taken(type, name);
    this.text = text(help);
    this.openMetrics = openMetrics(help);
    this.bucketEnds = bucketEnds(bounds);
  }

  private static void checkBounds(String name, double[] bounds) {
    for (int i = 0; i < bounds.length; i++) {
      if (!Double.isFinite(bounds[i]) || i > 0 && bounds[i] <= bounds[i - 1]) {
        throw Names.refused(name, "has the bounds " + Arrays.toString(bounds)
            + ", which must be finite and each above the one before; '+Inf' comes by itself");
      }
    }
  }

  private byte[] text(String help) {
    var out = new Utf8Buffer(PREFIX_ROOM).put("# HELP ").put(name).put(' ');
    Exposition.escape(help, false, out).put('\n');
    return out.put("# TYPE ").put(name).put(' ').put(type.text).put('\n').toByteArray();
  }

  private byte[] openMetrics(String help) {
    String base = Names.base(type, name);
    String unit = Names.unit(type, name);
    var out = new Utf8Buffer(PREFIX_ROOM).put("# TYPE ").put(base).put(' ').put(type.openMetrics).put('\n');
    if (!unit.isEmpty()) {
      out.put("# UNIT ").put(base).put(' ').put(unit).put('\n');
    }
    out.put("# HELP ").put(base).put(' ');
    return Exposition.escape(help, true, out).put('\n').toByteArray();
  }

  private static byte[][] bucketEnds(double[] bounds) {
    var ends = new byte[bounds.length + 1][];
    for (int i = 0; i <= bounds.length; i++) {
      ends[i] = ((i < bounds.length ? Exposition.canonical(bounds[i]) : "+Inf") + "\"} ").getBytes(StandardCharsets.US_ASCII);
    }
    return ends;
  }

  /// The lines in front of the samples: HELP, TYPE in text; TYPE, UNIT, HELP in OpenMetrics, the order each recommends.
  byte[] head(Format format) {
    return format == Format.TEXT ? text : openMetrics;
  }

  /// What stands between a histogram's bucket prefix and the count: `0.005"} `, the last one `+Inf"} `.
  byte[] bucketEnd(int bucket) {
    return bucketEnds[bucket];
  }

  /// What stands in front of each value of one set of label values: the whole `name{label="value"} `. For a histogram
  /// three: buckets (up to `le="`), count, sum.
  byte[][] prefixes(String[] values) {
    return type != Type.HISTOGRAM ? new byte[][] {prefix("", values, false)}
        : new byte[][] {prefix("_bucket", values, true), prefix("_count", values, false), prefix("_sum", values, false)};
  }

  private byte[] prefix(String suffix, String[] values, boolean bucket) {
    var out = new Utf8Buffer(PREFIX_ROOM).put(name).put(suffix);
    char before = '{';
    for (int i = 0; i < values.length; i++) {
      out.put(before).put(labels.get(i)).put("=\"");
      Exposition.escape(values[i], true, out).put('"');
      before = ',';
    }
    if (bucket) {
      return out.put(before).put("le=\"").toByteArray();
    }
    return out.put(before == ',' ? "} " : " ").toByteArray();
  }

  /// Every name that its lines may have.
  List<String> taken() {
    return taken;
  }

  boolean hasShapeOf(Description other) {
    return type == other.type && name.equals(other.name) && labels.equals(other.labels) && Arrays.equals(bounds, other.bounds);
  }

  /// `a counter with the labels [method, route]`
  String shape() {
    String kind = (type == Type.INFO ? "an " : "a ") + type.openMetrics;
    return kind + (labels.isEmpty() ? " without labels" : " with the labels " + labels)
        + (bounds.length == 0 ? "" : " and the bounds " + Arrays.toString(bounds));
  }
}

package uservice.metrics;

import module java.base;
import uservice.json.Utf8Buffer;

/// The series of one name, one for each set of label values. Bind a set once with `with` and keep the handle; asking again
/// finds the same handle by hash, without a lock or (up to three labels) garbage.
///
/// A family holds at most `metrics.max_children` sets. What comes beyond goes to one more, whose label values are all `other`;
/// each time it does, `uservice_metric_overflow_total` counts. Any thread may use a family.
///
/// Label values are any text. An empty one is, to Prometheus, a label that is not there.
///
/// @param <M> what stands under one set: [Counter], [Gauge] or [Histogram]
public final class Family<M> extends Series {
  private final Children<M> children;

  Family(Description description, Children<M> children) {
    super(description);
    this.children = children;
  }

  /// The handle for this value of the only label.
  ///
  /// @throws IllegalArgumentException if the family has more labels, or none
  public M with(String value) {
    return children.of(value);
  }

  /// The handle for these values of two labels.
  ///
  /// @throws IllegalArgumentException if the family has more or fewer labels
  public M with(String first, String second) {
    return children.of(first, second);
  }

  /// The handle for these values of three labels.
  ///
  /// @throws IllegalArgumentException if the family has more or fewer labels
  public M with(String first, String second, String third) {
    return children.of(first, second, third);
  }

  /// The handle for these values, in the order of the label names; the same values give the same handle.
  ///
  /// @throws IllegalArgumentException if there are more or fewer values than labels
  public M with(String... values) {
    return children.of(values);
  }

  /// The names of the labels.
  public List<String> labels() {
    return description.labels;
  }

  /// Hands each set of label values that there is, and its handle, to `reader`, in the order in which they came.
  public void forEach(BiConsumer<List<String>, M> reader) {
    for (Children.Child<M> child : children.all()) {
      if (child == null) {
        break;
      }
      reader.accept(Collections.unmodifiableList(Arrays.asList(child.values)), child.content);
    }
  }

  /// Whether what stands under its sets is a `kind`.
  boolean holds(Class<?> kind) {
    return kind == switch (description.type) {
      case COUNTER -> Counter.class;
      case GAUGE, INFO -> Gauge.class;
      case HISTOGRAM -> Histogram.class;
    };
  }

  /// Forgets the series with these values; false where there is none. A handle that is still held goes on counting unseen.
  public boolean remove(String... values) {
    return children.remove(values);
  }

  @Override void write(Format format, Utf8Buffer out) {
    for (Children.Child<M> child : children.all()) {
      if (child == null) {
        break;
      }
      ((Sampled) child.content).write(description, child.prefixes, format, out);
    }
  }
}

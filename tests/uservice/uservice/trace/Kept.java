package uservice.trace;

import module java.base;

/// An exporter that keeps what it is given.
final class Kept implements SpanExporter {
  final List<SpanData> spans = new CopyOnWriteArrayList<>();
  volatile Duration closedWithin;

  @Override public Optional<Sampler> start(Setup setup) {
    return Optional.of(new Sampler(1, true));
  }

  @Override public void ended(SpanData span) {
    spans.add(span);
  }

  @Override public boolean close(Duration limit) {
    closedWithin = limit;
    return true;
  }

  SpanData only() {
    if (spans.size() != 1) {
      throw new AssertionError("not one span: " + spans);
    }
    return spans.getFirst();
  }

  static Map<String, Object> attributes(SpanData span) {
    return span.attributes().stream().collect(Collectors.toMap(SpanData.Attribute::key, SpanData.Attribute::value));
  }
}

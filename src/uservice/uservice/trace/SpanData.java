package uservice.trace;

import module java.base;

/// A span that has ended, as an exporter gets it. Times are nanoseconds since 1970 in UTC.
///
/// @param parentId the span above it in the trace, 0 where it is the first
/// @param parentRemote whether that span is another process's
/// @param attributesDropped how many did not find room, as for events and links
/// @param message what went wrong, where the status is `ERROR`, or empty
public record SpanData(TraceContext context, long parentId, boolean parentRemote, String name, Span.Kind kind, long startNanos,
    long endNanos, List<Attribute> attributes, int attributesDropped, List<Event> events, int eventsDropped, List<Link> links,
    int linksDropped, Span.Status status, String message) {
  /// A name and a value, which is a `String`, `Long`, finite `Double`, `Boolean`, or a `List` of strings.
  public record Attribute(String key, Object value) {}

  /// Something that happened at a moment within the span.
  public record Event(long nanos, String name, List<Attribute> attributes) {}

  /// A span of another trace, or another branch of this one, that has to do with it.
  public record Link(TraceContext context, List<Attribute> attributes) {}
}

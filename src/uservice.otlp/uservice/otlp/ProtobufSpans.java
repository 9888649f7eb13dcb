package uservice.otlp;

import module java.base;
import uservice.trace.SpanData;

/// Binary protobuf, which is what OTLP means where nothing is said.
final class ProtobufSpans implements Encoding {
  @Override public String contentType() { return "application/x-protobuf"; }

  @Override public byte[] encode(Map<String, String> resource, String version, List<SpanData> spans) {
    // ExportTraceServiceRequest { ResourceSpans resource_spans = 1 { Resource resource = 1; ScopeSpans scope_spans = 2 } }
    var out = new Proto().message();
    out.message();
    resource.forEach((key, value) -> attribute(1, new SpanData.Attribute(key, value), out));
    out.end(1);
    // ScopeSpans { InstrumentationScope scope = 1 { name = 1; version = 2 } Span spans = 2 }
    out.message().message().text(1, SCOPE).text(2, version).end(1);
    for (SpanData span : spans) {
      span(span, out.message());
      out.end(2);
    }
    return out.end(2).end(1).toByteArray();
  }

  private static void span(SpanData span, Proto out) {
    out.id(1, span.context().traceHigh(), span.context().traceLow()).id(2, span.context().spanId()).text(3, span.context().state());
    if (span.parentId() != 0) {
      out.id(4, span.parentId());
    }
    out.text(5, span.name()).number(6, span.kind().ordinal() + 1); // 0 is unspecified
    out.fixed64(7, span.startNanos()).fixed64(8, span.endNanos());
    attributes(9, span.attributes(), out);
    out.number(10, span.attributesDropped());
    for (SpanData.Event event : span.events()) {
      out.message().fixed64(1, event.nanos()).text(2, event.name());
      attributes(3, event.attributes(), out);
      out.end(11);
    }
    out.number(12, span.eventsDropped());
    for (SpanData.Link link : span.links()) {
      out.message().id(1, link.context().traceHigh(), link.context().traceLow()).id(2, link.context().spanId());
      out.text(3, link.context().state());
      attributes(4, link.attributes(), out);
      out.fixed32(6, Encoding.flags(link)).end(13);
    }
    out.number(14, span.linksDropped());
    out.message().text(2, span.message()).number(3, span.status().ordinal()).end(15);
    out.fixed32(16, Encoding.flags(span));
  }

  private static void attributes(int field, List<SpanData.Attribute> attributes, Proto out) {
    for (SpanData.Attribute attribute : attributes) {
      attribute(field, attribute, out);
    }
  }

  // KeyValue { string key = 1; AnyValue value = 2 }
  private static void attribute(int field, SpanData.Attribute attribute, Proto out) {
    out.message().text(1, attribute.key());
    value(2, attribute.value(), out);
    out.end(field);
  }

  // AnyValue { oneof { string 1; bool 2; int64 3; double 4; ArrayValue 5 { AnyValue values = 1 } } }
  private static void value(int field, Object value, Proto out) {
    out.message();
    switch (value) {
      case Boolean truth -> out.numberAlways(2, truth ? 1 : 0);
      case Long number -> out.numberAlways(3, number);
      case Double number -> out.fixed64(4, Double.doubleToRawLongBits(number));
      case List<?> values -> {
        out.message();
        values.forEach(each -> value(1, each, out));
        out.end(5);
      }
      default -> out.textAlways(1, value.toString());
    }
    out.end(field);
  }

  /// ```
  /// ExportTraceServiceResponse { partial_success = 1 { int64 rejected_spans = 1; string error_message = 2 } }
  /// Status { int32 code = 1; string message = 2 }
  /// ```
  @Override public Said read(boolean success, byte[] body) {
    try {
      ByteBuffer partial = ByteBuffer.wrap(body);
      if (success) {
        var fields = fields(partial);
        if (!(fields.get(1) instanceof ByteBuffer inner)) {
          return Said.NOTHING;
        }
        partial = inner;
      }
      Map<Integer, Object> fields = fields(partial);
      String message = fields.get(2) instanceof ByteBuffer text ? StandardCharsets.UTF_8.decode(text).toString() : "";
      return new Said(success && fields.get(1) instanceof Long rejected ? rejected : 0, message);
    } catch (BufferUnderflowException | IllegalArgumentException other) {
      return Said.NOTHING;
    }
  }

  /// The last value of each field: a `Long` for a varint, a buffer for what has a length.
  private static Map<Integer, Object> fields(ByteBuffer in) {
    var fields = new HashMap<Integer, Object>();
    while (in.hasRemaining()) {
      long tag = varint(in);
      switch ((int) tag & 7) {
        case 0 -> fields.put((int) (tag >>> 3), varint(in));
        case 1 -> in.getLong();
        case 2 -> {
          int length = Math.toIntExact(Math.clamp(varint(in), -1, Integer.MAX_VALUE));
          if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
          }
          fields.put((int) (tag >>> 3), in.slice(in.position(), length));
          in.position(in.position() + length);
        }
        case 5 -> in.getInt();
        default -> throw new IllegalArgumentException("no such wire type");
      }
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a varint of more than 10 bytes");
  }
}

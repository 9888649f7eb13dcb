package uservice.otlp;

import module java.base;
import uservice.json.Json;
import uservice.json.JsonException;
import uservice.json.JsonWriter;
import uservice.json.Utf8Buffer;
import uservice.trace.SpanData;

/// Protobuf's JSON as OTLP bends it: names in lowerCamelCase, ids in hexadecimal, enums as numbers, 64-bit integers as text.
final class JsonSpans implements Encoding {
  private static final int ROOM = 64 * 1024;

  @Override public String contentType() { return "application/json"; }

  @Override public byte[] encode(Map<String, String> resource, String version, List<SpanData> spans) {
    var out = new JsonWriter(new Utf8Buffer(ROOM));
    out.object().name("resourceSpans").array().object();
    out.name("resource").object().name("attributes").array();
    resource.forEach((key, value) -> attribute(new SpanData.Attribute(key, value), out));
    out.end().end();
    out.name("scopeSpans").array().object();
    out.name("scope").object().name("name").value(SCOPE).name("version").value(version).end();
    out.name("spans").array();
    for (SpanData span : spans) {
      span(span, out);
    }
    return out.end().end().end().end().end().end().toByteArray();
  }

  private static void span(SpanData span, JsonWriter out) {
    out.object().name("traceId").value(span.context().traceIdText()).name("spanId").value(span.context().spanIdText());
    if (!span.context().state().isEmpty()) {
      out.name("traceState").value(span.context().state());
    }
    if (span.parentId() != 0) {
      out.name("parentSpanId").value(HexFormat.of().toHexDigits(span.parentId()));
    }
    out.name("flags").value(Encoding.flags(span));
    out.name("name").value(span.name());
    out.name("kind").value(span.kind().ordinal() + 1); // 0 is unspecified
    nanos("startTimeUnixNano", span.startNanos(), out);
    nanos("endTimeUnixNano", span.endNanos(), out);
    attributes(span.attributes(), out);
    dropped("droppedAttributesCount", span.attributesDropped(), out);
    if (!span.events().isEmpty()) {
      out.name("events").array();
      for (SpanData.Event event : span.events()) {
        nanos("timeUnixNano", event.nanos(), out.object());
        attributes(event.attributes(), out.name("name").value(event.name()));
        out.end();
      }
      out.end();
    }
    dropped("droppedEventsCount", span.eventsDropped(), out);
    if (!span.links().isEmpty()) {
      out.name("links").array();
      for (SpanData.Link link : span.links()) {
        link(link, out);
      }
      out.end();
    }
    dropped("droppedLinksCount", span.linksDropped(), out);
    out.name("status").object();
    if (!span.message().isEmpty()) {
      out.name("message").value(span.message());
    }
    out.name("code").value(span.status().ordinal()).end().end();
  }

  private static void link(SpanData.Link link, JsonWriter out) {
    out.object().name("traceId").value(link.context().traceIdText()).name("spanId").value(link.context().spanIdText());
    if (!link.context().state().isEmpty()) {
      out.name("traceState").value(link.context().state());
    }
    attributes(link.attributes(), out);
    out.name("flags").value(Encoding.flags(link)).end();
  }

  private static void nanos(String name, long nanos, JsonWriter out) {
    out.name(name).value(Long.toString(nanos));
  }

  private static void dropped(String name, int count, JsonWriter out) {
    if (count > 0) {
      out.name(name).value(count);
    }
  }

  private static void attributes(List<SpanData.Attribute> attributes, JsonWriter out) {
    if (!attributes.isEmpty()) {
      out.name("attributes").array();
      for (SpanData.Attribute attribute : attributes) {
        attribute(attribute, out);
      }
      out.end();
    }
  }

  private static void attribute(SpanData.Attribute attribute, JsonWriter out) {
    value(attribute.value(), out.object().name("key").value(attribute.key()).name("value"));
    out.end();
  }

  private static void value(Object value, JsonWriter out) {
    out.object();
    switch (value) {
      case Boolean truth -> out.name("boolValue").value(truth);
      case Long number -> out.name("intValue").value(number.toString());
      case Double number -> out.name("doubleValue").value(number);
      case List<?> values -> {
        out.name("arrayValue").object().name("values").array();
        values.forEach(each -> value(each, out));
        out.end().end();
      }
      default -> out.name("stringValue").value(value.toString());
    }
    out.end();
  }

  @Override public Said read(boolean success, byte[] body) {
    try {
      Json json = Json.parse(body);
      if (!success) {
        return new Said(0, text(json, "message"));
      }
      Optional<Json> partial = json.get("partialSuccess");
      return partial.isEmpty() ? Said.NOTHING : new Said(count(partial.get()), text(partial.get(), "errorMessage"));
    } catch (JsonException | ArithmeticException | IllegalArgumentException other) {
      return Said.NOTHING;
    }
  }

  private static String text(Json json, String name) {
    return json.get(name).map(Json::asString).orElse("");
  }

  /// A 64-bit integer is a text, but a number is to be read as well.
  private static long count(Json partial) {
    Json rejected = partial.get("rejectedSpans").orElse(new Json.Num("0"));
    return new Json.Num(rejected instanceof Json.Str(var text) ? text : rejected.toString()).longValue();
  }
}

package uservice.otlp;

import module java.base;
import uservice.trace.Sampler;

/// OpenTelemetry's environment variables. One that is empty is not set; one that makes no sense counts as not set, with a
/// warning that names it, but never shows what may be secret.
final class Variables {
  private static final String EXPORTER = "OTEL_EXPORTER_OTLP_";
  private static final Sampler ALL = new Sampler(1, true);

  private final Map<String, String> environment;
  private final List<String> warnings = new ArrayList<>();

  Variables(Map<String, String> environment) {
    this.environment = environment;
  }

  /// What was wrong so far, a line each.
  List<String> warnings() { return warnings; }

  String text(String name) {
    return environment.getOrDefault(name, "").strip();
  }

  /// The name of the exporter's variable that is set: for traces, else for all signals, else the latter.
  static String of(String suffix, Map<String, String> environment) {
    String traces = EXPORTER + "TRACES_" + suffix;
    return environment.getOrDefault(traces, "").isBlank() ? EXPORTER + suffix : traces;
  }

  String exporter(String suffix) {
    return of(suffix, environment);
  }

  /// A whole number from `min` to `max`.
  OptionalLong number(String name, long min, long max) {
    String text = text(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return OptionalLong.of(number);
      }
    } catch (NumberFormatException told) {
      // As for a number out of range.
    }
    ignored(name, "'" + text + "' must be a whole number from " + min + " to " + max);
    return OptionalLong.empty();
  }

  /// One of the `known` words, or empty text.
  String word(String name, String... known) {
    String text = text(name);
    if (text.isEmpty() || List.of(known).contains(text)) {
      return text;
    }
    ignored(name, "'" + text + "' must be one of " + String.join(", ", known));
    return "";
  }

  /// `k=v,k2=v2`, percent-decoded as a whole or not at all.
  Map<String, String> pairs(String name) {
    var pairs = new LinkedHashMap<String, String>();
    for (String member : text(name).split(",")) {
      int equals = member.indexOf('=');
      String key = decoded(member.substring(0, Math.max(0, equals)).strip());
      String value = decoded(member.substring(equals + 1).strip());
      if (!member.isBlank() && (equals < 0 || key == null || key.isEmpty() || value == null)) {
        ignored(name, "must be key=value,key=value, percent-encoded");
        return Map.of();
      }
      if (!member.isBlank()) {
        pairs.put(key, value);
      }
    }
    return pairs;
  }

  /// Percent-decoded UTF-8, or null where it is not well-formed.
  private static String decoded(String text) {
    var bytes = ByteBuffer.allocate(3 * text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != '%') {
        bytes.put(text.substring(i, i + 1).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
      if (low < 0) {
        return null;
      }
      bytes.put((byte) (high << 4 | low));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException malformed) {
      return null;
    }
  }

  Sampler sampler() {
    String name = word("OTEL_TRACES_SAMPLER", "always_on", "always_off", "traceidratio", "parentbased_always_on",
        "parentbased_always_off", "parentbased_traceidratio");
    if (name.isEmpty()) {
      return ALL;
    }
    return new Sampler(name.endsWith("always_on") ? 1 : name.endsWith("always_off") ? 0 : ratio(), name.startsWith("parentbased_"));
  }

  private double ratio() {
    String text = text("OTEL_TRACES_SAMPLER_ARG");
    try {
      double ratio = text.isEmpty() ? 1 : Double.parseDouble(text);
      if (ratio >= 0 && ratio <= 1) {
        return ratio;
      }
    } catch (NumberFormatException told) {
      // As for a number out of range.
    }
    ignored("OTEL_TRACES_SAMPLER_ARG", "'" + text + "' must be a number from 0 to 1");
    return 1;
  }

  void ignored(String name, String why) {
    warnings.add(name + " is ignored: " + why);
  }
}

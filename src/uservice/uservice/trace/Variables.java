package uservice.trace;

import module java.base;

/// OpenTelemetry's own environment variables, as far as the tracer heeds them. An empty one is not set; one that makes no
/// sense is left alone, with a warning.
final class Variables {
  private static final Sampler ALL = new Sampler(1, true);

  private final Map<String, String> environment;
  private final List<String> warnings = new ArrayList<>();

  Variables(Map<String, String> environment) {
    this.environment = environment;
  }

  /// Only `true`, in any case, is.
  boolean disabled() {
    return get("OTEL_SDK_DISABLED").equalsIgnoreCase("true");
  }

  Sampler sampler() {
    String name = get("OTEL_TRACES_SAMPLER");
    return switch (name) {
      case "", "parentbased_always_on" -> ALL;
      case "parentbased_always_off" -> new Sampler(0, true);
      case "parentbased_traceidratio" -> new Sampler(ratio(), true);
      case "always_on" -> new Sampler(1, false);
      case "always_off" -> new Sampler(0, false);
      case "traceidratio" -> new Sampler(ratio(), false);
      default -> {
        warnings.add("OTEL_TRACES_SAMPLER '" + name + "' is not known here, taken as parentbased_always_on: that, always_on, always_off, "
            + "traceidratio, or parentbased_ in front of the others");
        yield ALL;
      }
    };
  }

  private double ratio() {
    String given = get("OTEL_TRACES_SAMPLER_ARG");
    try {
      double ratio = given.isEmpty() ? 1 : Double.parseDouble(given);
      if (ratio >= 0 && ratio <= 1) {
        return ratio;
      }
    } catch (NumberFormatException told) {
      // As for a number out of range.
    }
    warnings.add("OTEL_TRACES_SAMPLER_ARG '" + given + "' must be a number from 0 to 1, taken as 1");
    return 1;
  }

  /// Those that are known; none where the variable is not set, or has nothing that is known.
  List<Propagation.Format> propagators() {
    var known = new ArrayList<Propagation.Format>();
    for (String word : get("OTEL_PROPAGATORS").split(",")) {
      String name = word.strip();
      try {
        known.add(Propagation.Format.valueOf(name.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException other) {
        if (!name.isEmpty()) {
          warnings.add("OTEL_PROPAGATORS '" + name + "' is not known here, left out: tracecontext, baggage, b3, b3multi, none");
        }
      }
    }
    return known;
  }

  List<String> warnings() { return warnings; }

  private String get(String name) {
    return environment.getOrDefault(name, "").strip();
  }
}

package uservice.metrics;

import module java.base;

/// What an answer is, from what the scraper says it accepts (RFC 9110 sections 12.5.1 and 12.5.3). A header that is malformed
/// anywhere says nothing.
record Negotiation(Format format, String contentType) {
  private static final String OPENMETRICS = "application/openmetrics-text";
  private static final Set<String> VERSIONS = Set.of("", "0.0.1", "1.0.0"); // all of them are answered in 1.0.0
  private static final Set<String> TEXTS = Set.of("text/plain", "text/*", "*/*");
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~/"; // and the slash of a media type

  private record Preference(String name, String version, String escaping, double quality) {}

  /// OpenMetrics where it is named, in a version that is known, and no less liked than text; else text.
  static Negotiation of(String accept) {
    Preference openMetrics = null;
    double text = 0;
    for (Preference one : preferences(accept)) {
      if (one.name.equals(OPENMETRICS) && VERSIONS.contains(one.version)) {
        openMetrics = openMetrics == null || one.quality > openMetrics.quality ? one : openMetrics;
      } else if (TEXTS.contains(one.name)) {
        text = Math.max(text, one.quality);
      }
    }
    return openMetrics == null || openMetrics.quality == 0 || openMetrics.quality < text
        ? new Negotiation(Format.TEXT, Format.TEXT.contentType)
        : new Negotiation(Format.OPENMETRICS, Format.OPENMETRICS.contentType + escaping(openMetrics.escaping));
  }

  /// How names beyond `[a-zA-Z0-9_:]` would be escaped, where the scraper asks. There are none, so that both ways which leave
  /// our names alone are true.
  private static String escaping(String asked) {
    return asked.isEmpty() ? "" : "; escaping=" + (asked.equals("allow-utf-8") ? asked : "underscores");
  }

  /// Whether the answer may be gzip, and plain bytes are not said to be liked better.
  static boolean gzip(String acceptEncoding) {
    double gzip = -1;
    double any = 0;
    double identity = 0;
    for (Preference one : preferences(acceptEncoding)) {
      switch (one.name) {
        case "gzip", "x-gzip" -> gzip = Math.max(gzip, one.quality);
        case "*" -> any = one.quality;
        case "identity" -> identity = one.quality;
        default -> { }
      }
    }
    double quality = gzip < 0 ? any : gzip;
    return quality > 0 && quality >= identity;
  }

  private static List<Preference> preferences(String header) {
    var preferences = new ArrayList<Preference>();
    try {
      for (String element : (header == null ? "" : header).split(",")) {
        if (!element.isBlank()) {
          preferences.add(preference(element));
        }
      }
      return preferences;
    } catch (IllegalArgumentException malformed) {
      return List.of();
    }
  }

  // token [ "/" token ] *( OWS ";" OWS [ token "=" ( token / DQUOTE token DQUOTE ) ] ). Quoted text that is no token occurs in
  // no header that matters here, and counts as malformed.
  private static Preference preference(String element) {
    String[] parts = element.split(";");
    var parameters = new HashMap<String, String>();
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i].strip();
      if (!part.isEmpty()) {
        int equals = Math.max(0, part.indexOf('='));
        String value = part.substring(equals + 1);
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        parameters.put(token(part.substring(0, equals)), token(quoted ? value.substring(1, value.length() - 1) : value));
      }
    }
    return new Preference(token(parts.length == 0 ? "" : parts[0].strip()), parameters.getOrDefault("version", ""),
        parameters.getOrDefault("escaping", ""), quality(parameters.getOrDefault("q", "1")));
  }

  /// The text in lower case, where it is a token, or two with a slash between.
  private static String token(String text) {
    boolean token = !text.isEmpty();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      token &= c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || TOKEN_MARKS.indexOf(c) >= 0;
    }
    if (!token) {
      throw new IllegalArgumentException("no token");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  private static double quality(String text) {
    double quality = text.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9') ? Double.parseDouble(text) : -1;
    if (!(quality >= 0 && quality <= 1)) {
      throw new IllegalArgumentException("no quality");
    }
    return quality;
  }
}

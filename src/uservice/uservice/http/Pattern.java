package uservice.http;

import module java.base;

/// The parsed text of a route: `/orders/{id}/lines`, `/files/{rest...}`.
///
/// A segment is a literal, a parameter `{name}` that stands for one segment that is not empty, or,
/// as the last one only, `{name...}` that stands for whatever follows, be it nothing. A literal is
/// compared with the request's path as it came, without decoding, so it consists of characters that
/// paths hold unescaped (RFC 3986, section 3.3).
record Pattern(String text, List<Segment> segments) {
  private static final String PUNCTUATION = "-._~!$&'()*+,;=:@";

  /// One part between slashes; `name` is a literal's text or a parameter's name.
  record Segment(Kind kind, String name) {}

  enum Kind { LITERAL, PARAMETER, REST }

  Pattern {
    segments = List.copyOf(segments);
  }

  /// @throws IllegalArgumentException if the text is no pattern
  static Pattern parse(String text) {
    if (!text.startsWith("/")) {
      throw refused(text, "must begin with a slash");
    }
    String[] parts = text.substring(1).split("/", -1);
    var segments = new ArrayList<Segment>();
    var names = new HashSet<String>();
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      Segment segment = segment(text, parts[i], last);
      if (segment.kind() != Kind.LITERAL && !names.add(segment.name())) {
        throw refused(text, "has two parameters '" + segment.name() + "'");
      }
      segments.add(segment);
    }
    return new Pattern(text, segments);
  }

  private static Segment segment(String text, String part, boolean last) {
    if (part.startsWith("{") && part.endsWith("}")) {
      boolean rest = part.endsWith("...}");
      String name = part.substring(1, part.length() - (rest ? 4 : 1));
      if (!isName(name)) {
        throw refused(text, "has a parameter '" + part + "', a name is letters, digits and '_'");
      }
      if (rest && !last) {
        throw refused(text, "has '" + part + "' before its end");
      }
      return new Segment(rest ? Kind.REST : Kind.PARAMETER, name);
    }
    if (part.isEmpty() && !last) {
      throw refused(text, "has an empty segment, which no request has");
    }
    if (part.equals(".") || part.equals("..")) {
      throw refused(text, "has a segment '" + part + "', which no request has");
    }
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (!Target.isAlphanumeric(c) && PUNCTUATION.indexOf(c) < 0) {
        throw refused(text, c == '{' || c == '}'
            ? "has a parameter that is not a whole segment: '" + part + "'"
            : "has '" + c + "', which a path does not hold; take a parameter");
      }
    }
    return new Segment(Kind.LITERAL, part);
  }

  private static boolean isName(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (!Target.isAlphanumeric(name.charAt(i)) && name.charAt(i) != '_') {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /// The value of a parameter in a path that matches, not yet decoded.
  ///
  /// @throws IllegalArgumentException if there is no parameter of this name
  String raw(String name, String path) {
    int from = 1;
    for (Segment segment : segments) {
      int slash = path.indexOf('/', from);
      if (segment.kind() != Kind.LITERAL && segment.name().equals(name)) {
        return path.substring(from, segment.kind() == Kind.REST || slash < 0 ? path.length() : slash);
      }
      from = slash + 1;
    }
    throw new IllegalArgumentException("route " + text + " has no parameter '" + name + "'");
  }

  private static IllegalArgumentException refused(String text, String why) {
    return new IllegalArgumentException("route '" + text + "' " + why);
  }
}

package uservice.grpc;

import module java.base;

/// The fields of a response's header or trailer section, held to what RFC 9113, section 8, calls well formed.
///
/// @param status the HTTP status, 0 for trailers
record Head(int status, Map<String, String> fields) {
  private static final Set<String> OF_CONNECTIONS =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

  static Head response(List<HeaderField> list) throws Violation {
    if (list.isEmpty() || !list.getFirst().name().equals(":status")) {
      throw Violation.protocol("a response that does not begin with :status");
    }
    return new Head(status(list.getFirst().value()), regular(list.subList(1, list.size())));
  }

  static Head trailers(List<HeaderField> list) throws Violation { return new Head(0, regular(list)); }

  private static int status(String value) throws Violation {
    boolean digits = value.length() == 3 && value.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits || value.charAt(0) < '1' || value.charAt(0) > '5' || value.equals("101")) {
      throw Violation.protocol(":status is '" + Text.clean(value) + "', must be from 100 to 599 and not 101");
    }
    return Integer.parseInt(value);
  }

  private static Map<String, String> regular(List<HeaderField> list) throws Violation {
    var fields = new LinkedHashMap<String, String>();
    for (HeaderField field : list) {
      check(field);
      fields.merge(field.name(), field.value(), (one, two) -> one + "," + two);
    }
    return fields;
  }

  private static void check(HeaderField field) throws Violation {
    String name = field.name();
    if (name.startsWith(":")) {
      throw Violation.protocol("pseudo-header '" + Text.clean(name) + "' where none may be: a response has :status, once and first");
    }
    if (name.isEmpty() || !name.chars().allMatch(Head::inName)) {
      throw Violation.protocol("a header field named '" + Text.clean(name) + "', lower-case tokens only");
    }
    if (OF_CONNECTIONS.contains(name)) {
      throw Violation.protocol("header field '" + name + "', which HTTP/2 does not have");
    }
    String value = field.value();
    if (value.chars().anyMatch(c -> c == 0 || c == '\r' || c == '\n') || !value.equals(trimmed(value))) {
      throw Violation.protocol("header field '" + name + "' has a line break, a NUL, or space around its value");
    }
  }

  private static boolean inName(int c) {
    return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  private static String trimmed(String value) {
    int from = 0;
    int to = value.length();
    while (from < to && blank(value.charAt(from))) {
      from++;
    }
    while (to > from && blank(value.charAt(to - 1))) {
      to--;
    }
    return value.substring(from, to);
  }

  private static boolean blank(char c) { return c == ' ' || c == '\t'; }

  /// The value of a field, those of several fields of that name joined by commas; empty where there is none.
  String value(String name) { return fields.getOrDefault(name, ""); }

  boolean has(String name) { return fields.containsKey(name); }
}

package uservice.trace;

import module java.base;

/// The caller's own names and values that follow a request through all services (W3C Baggage): handed on as they came, read
/// where somebody asks. They come from outside and go outside: nothing secret belongs there, and nothing is logged.
final class Baggage {
  static final int MEMBERS_MAX = 64;
  static final int BYTES_MAX = 8192;

  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private Baggage() {}

  /// All header fields of the name as one: the members that are valid, in their order, as long as there is room.
  static String of(List<String> fields) {
    var all = new StringJoiner(",");
    int members = 0;
    for (String field : fields) {
      for (String raw : field.split(",", -1)) {
        String member = raw.strip();
        boolean room = members < MEMBERS_MAX && all.length() + member.length() + (members == 0 ? 0 : 1) <= BYTES_MAX;
        if (room && Chars.arePrintable(member) && !key(member).isEmpty()) {
          all.add(member);
          members++;
        }
      }
    }
    return all.toString();
  }

  /// The names and values, decoded, without the properties behind `;`. Of two with one name the later stands.
  static Map<String, String> decode(String baggage) {
    var values = new LinkedHashMap<String, String>();
    for (String member : baggage.isEmpty() ? new String[0] : baggage.split(",")) {
      int end = member.indexOf(';');
      values.put(key(member), decoded(member.substring(member.indexOf('=') + 1, end < 0 ? member.length() : end).strip()));
    }
    return Collections.unmodifiableMap(values);
  }

  /// A token (RFC 9110, section 5.6.2) before the first `=`, or empty.
  private static String key(String member) {
    String key = member.substring(0, Math.max(0, member.indexOf('='))).strip();
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') && TOKEN_MARKS.indexOf(c) < 0) {
        return "";
      }
    }
    return key;
  }

  /// Percent-decoded UTF-8; what is none becomes U+FFFD, and a `%` without two digits stays.
  private static String decoded(String value) {
    var bytes = new ByteArrayOutputStream(value.length());
    for (int i = 0; i < value.length(); i++) {
      boolean escape = value.charAt(i) == '%' && i + 2 < value.length()
          && Character.digit(value.charAt(i + 1), 16) >= 0 && Character.digit(value.charAt(i + 2), 16) >= 0;
      bytes.write(escape ? Integer.parseInt(value, i + 1, i + 3, 16) : value.charAt(i));
      i += escape ? 2 : 0;
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}

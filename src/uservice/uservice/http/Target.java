package uservice.http;

import module java.base;

/// What a request asks for, as text: whether a path is one that every server on the way reads the
/// same, and how its parts are decoded (RFC 3986, section 2.1, with UTF-8).
final class Target {
  private Target() {}

  /// What is wrong with a path that comes from a URI, or null. It begins with a slash; empty
  /// segments (but the last), dot segments, encoded slashes, backslashes and NULs, and characters
  /// beyond ASCII are refused, since proxies and servers read them differently: what one filters,
  /// another serves.
  static String fault(String path) {
    int dots = 0; // of the segment so far; DOTLESS once there is something else in it
    for (int i = 1; i <= path.length(); i++) {
      char c = i == path.length() ? '/' : path.charAt(i);
      if (c == '%') {
        c = (char) octet(path, i);
        i += 2;
        if (c == '/' || c == '\\' || c == 0) {
          return "the path has an encoded slash, backslash or NUL";
        }
      } else if (c > '~') {
        return "the path has a character that must be encoded";
      } else if (c == '/') {
        if (path.charAt(i - 1) == '/' && i < path.length()) {
          return "the path has an empty segment";
        }
        if (dots == 1 || dots == 2) {
          return "the path has a dot segment";
        }
        dots = 0;
        continue;
      }
      dots = c == '.' && dots < DOTLESS ? dots + 1 : DOTLESS;
    }
    return null;
  }

  private static final int DOTLESS = 3;

  /// The octet of an escape at `i`; the URI's own parser has seen that its digits are right.
  private static int octet(String text, int i) {
    return Character.digit(text.charAt(i + 1), 16) << 4 | Character.digit(text.charAt(i + 2), 16);
  }

  /// Decodes the escapes, and `+` to a space in a query (which HTML forms write so).
  ///
  /// @throws ProblemException with 400 if what comes out is not UTF-8
  static String decoded(String text, boolean query) {
    if (text.indexOf('%') < 0 && (!query || text.indexOf('+') < 0) && isAscii(text)) {
      return text;
    }
    byte[] octets = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        octets[length++] = (byte) octet(text, i);
        i += 2;
      } else {
        // What is beyond ASCII is a raw octet, which the JDK reads as Latin-1.
        octets[length++] = (byte) (query && c == '+' ? ' ' : c);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, 0, length)).toString();
    } catch (CharacterCodingException malformed) {
      throw new ProblemException(400, "'" + text + "' does not decode to UTF-8", malformed);
    }
  }

  static boolean isAlphanumeric(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  /// The values of a query's parameter in their order. Nothing is kept: most requests ask for one
  /// or two.
  static List<String> values(String query, String name) {
    if (query == null) {
      return List.of();
    }
    var values = new ArrayList<String>(1);
    for (int from = 0, to; from <= query.length(); from = to + 1) {
      to = query.indexOf('&', from);
      to = to < 0 ? query.length() : to;
      int equals = query.indexOf('=', from);
      int nameEnd = equals < 0 || equals > to ? to : equals;
      if (nameEnd > from && nameEnd - from >= name.length()
          && decoded(query.substring(from, nameEnd), true).equals(name)) {
        values.add(nameEnd == to ? "" : decoded(query.substring(nameEnd + 1, to), true));
      }
    }
    return values;
  }
}

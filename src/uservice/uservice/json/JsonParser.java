package uservice.json;

import module java.base;

/// Text to tree by recursive descent, one method for each rule of RFC 8259; depth is limited, so the stack is.
///
/// `at` is the next character to read. `names` and `indexes` hold, for each level that is open, which member or item is
/// being read: that is the path of an error, and costs nothing while there is none.
final class JsonParser {
  private static final int SHOWN_CHARS_MAX = 40;
  private static final int HEX_DIGITS = 4;

  private final String text;
  private final int depthMax;
  private final String[] names;
  private final int[] indexes;
  private int depth;
  private int at;

  private JsonParser(String text, int depthMax) {
    if (depthMax < 1 || depthMax > JsonWriter.DEPTH_MAX) {
      throw new IllegalArgumentException("depthMax " + depthMax + ", expected 1 to " + JsonWriter.DEPTH_MAX);
    }
    this.text = text;
    this.depthMax = depthMax;
    this.names = new String[depthMax + 1];
    this.indexes = new int[depthMax + 1];
  }

  static Json parse(byte[] utf8, int bytesMax, int depthMax) {
    checkSize(utf8.length, bytesMax);
    String text = new String(utf8, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0) { // what the lenient decoder leaves where bytes are wrong, or was there
      var in = ByteBuffer.wrap(utf8);
      if (StandardCharsets.UTF_8.newDecoder().decode(in, CharBuffer.allocate(utf8.length), true).isError()) {
        throw JsonException.in(new String(utf8, 0, in.position(), StandardCharsets.UTF_8), "",
            "byte 0x" + HexFormat.of().toHexDigits(in.get()) + " is not valid UTF-8 there");
      }
    }
    return new JsonParser(text, depthMax).document();
  }

  static Json parse(String text, int bytesMax, int depthMax) {
    checkSize(Utf8Buffer.length(text), bytesMax);
    return new JsonParser(text, depthMax).document();
  }

  private static void checkSize(long bytes, int bytesMax) {
    if (bytes > bytesMax) {
      throw new JsonException("", "text of " + bytes + " bytes, at most " + bytesMax);
    }
  }

  private Json document() {
    if (text.startsWith("\uFEFF")) {
      throw fault("text starts with a byte order mark, expected a value");
    }
    skipSpace();
    Json value = value();
    skipSpace();
    if (at < text.length()) {
      throw fault("expected the end after the value, found " + found());
    }
    return value;
  }

  private Json value() {
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> new Json.Str(string());
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> word();
    };
  }

  private Json object() {
    open();
    var members = new LinkedHashMap<String, Json>();
    indexes[depth] = -1;
    names[depth] = null;
    for (boolean more = first('}'); more; more = next('}')) {
      if (peek() != '"') {
        throw fault("expected a member name in double quotes, found " + found());
      }
      int start = at;
      String name = string();
      if (members.containsKey(name)) {
        throw faultAt(start, "member name '" + shorten(name) + "' is twice in this object, expected once");
      }
      names[depth] = name;
      skipSpace();
      if (peek() != ':') {
        throw fault("expected ':' after the member name, found " + found());
      }
      at++;
      skipSpace();
      members.put(name, value());
    }
    depth--;
    return new Json.Obj(members);
  }

  private Json array() {
    open();
    var items = new ArrayList<Json>();
    for (boolean more = first(']'); more; more = next(']')) {
      indexes[depth] = items.size();
      items.add(value());
    }
    depth--;
    return new Json.Arr(items);
  }

  private void open() {
    if (depth == depthMax) {
      throw fault("nested deeper than " + depthMax);
    }
    depth++;
    indexes[depth] = 0;
    at++;
    skipSpace();
  }

  private boolean first(char close) {
    if (peek() != close) {
      return true;
    }
    at++;
    return false;
  }

  private boolean next(char close) {
    skipSpace();
    int c = peek();
    if (c != ',' && c != close) {
      throw fault("expected ',' or '" + close + "', found " + found());
    }
    at++;
    if (c == close) {
      return false;
    }
    skipSpace();
    if (peek() == close) {
      throw fault("expected another value after ',', found " + found());
    }
    return true;
  }

  private Json number() {
    String number = run();
    String fault = numberFault(number);
    if (fault != null) {
      throw fault(fault);
    }
    at += number.length();
    return new Json.Num(number);
  }

  /// `true`, `false`, `null`; or whatever else stands there, refused by what it seems to be.
  private Json word() {
    String word = run();
    Json value = switch (word) {
      case "true" -> new Json.Bool(true);
      case "false" -> new Json.Bool(false);
      case "null" -> new Json.Null();
      default -> throw fault("expected a value, found " + switch (peek()) {
        case '\'' -> "'''; strings stand in double quotes";
        case '/' -> "'/'; JSON has no comments";
        case '+', '.' -> found() + "; numbers start with a digit or '-'";
        default -> word.isEmpty() ? found() : '\'' + shorten(word) + '\'';
      });
    };
    at += word.length();
    return value;
  }

  private String string() {
    int start = at++;
    int plain = at; // from here on the characters stand for themselves and are not yet copied
    StringBuilder out = null;
    while (true) {
      int c = peek();
      if (c == '"') {
        String rest = text.substring(plain, at++);
        return out == null ? rest : out.append(rest).toString();
      } else if (c == '\\') {
        out = (out == null ? new StringBuilder() : out).append(text, plain, at);
        escape(out);
        plain = at;
      } else if (c == -1) {
        throw faultAt(start, "string is not closed, expected '\"'");
      } else if (c < ' ') {
        throw fault("control character " + found() + " in a string, expected its escape");
      } else if (!Character.isSurrogate((char) c)) {
        at++;
      } else if (Character.isSupplementaryCodePoint(text.codePointAt(at))) {
        at += 2;
      } else {
        throw fault("lone surrogate " + found() + ", expected a pair of them");
      }
    }
  }

  /// One escape sequence, from its backslash on (RFC 8259, section 7).
  private void escape(StringBuilder out) {
    int start = at++;
    int c = peek();
    at++;
    switch (c) {
      case '"', '\\', '/' -> out.append((char) c);
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'u' -> unicode(start, out);
      default -> throw faultAt(start, "unknown escape, expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000");
    }
  }

  private void unicode(int start, StringBuilder out) {
    char unit = hex(start);
    out.append(unit);
    boolean paired = false;
    if (Character.isHighSurrogate(unit) && text.startsWith("\\u", at)) {
      at += 2;
      char low = hex(at - 2);
      out.append(low);
      paired = Character.isLowSurrogate(low);
    }
    if (Character.isSurrogate(unit) && !paired) {
      throw faultAt(start, "escape of a lone surrogate, expected \\ud800 to \\udbff and then \\udc00 to \\udfff");
    }
  }

  private char hex(int start) {
    int unit = 0;
    for (int end = at + HEX_DIGITS; at < end; at++) {
      int c = peek();
      if (c < 0 || !HexFormat.isHexDigit(c)) {
        throw faultAt(start, "expected four hexadecimal digits after \\u, found " + found());
      }
      unit = unit << 4 | HexFormat.fromHexDigit(c);
    }
    return (char) unit;
  }

  /// What is wrong with a number, or null (RFC 8259, section 6).
  static String numberFault(String number) {
    int whole = number.startsWith("-") ? 1 : 0;
    int at = skipDigits(number, whole);
    String fault = at == whole ? "needs a digit first"
        : number.charAt(whole) == '0' && at > whole + 1 ? "has a leading zero" : null;
    if (fault == null && number.startsWith(".", at)) {
      int fraction = at + 1;
      at = skipDigits(number, fraction);
      fault = at == fraction ? "needs a digit after its point" : null;
    }
    if (fault == null && (number.startsWith("e", at) || number.startsWith("E", at))) {
      int exponent = at + (number.startsWith("+", at + 1) || number.startsWith("-", at + 1) ? 2 : 1);
      at = skipDigits(number, exponent);
      fault = at == exponent ? "needs a digit in its exponent" : null;
    }
    if (fault == null && at < number.length()) {
      fault = "should end before '" + number.charAt(at) + "'";
    }
    return fault == null ? null : "number '" + shorten(number) + "' " + fault;
  }

  private static int skipDigits(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  /// The letters, digits and signs that stand together here: what was meant as one number or word.
  private String run() {
    int end = at;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || "+-._".indexOf(text.charAt(end)) >= 0)) {
      end++;
    }
    return text.substring(at, end);
  }

  private void skipSpace() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n'
        || text.charAt(at) == '\r' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  /// The next character, or -1 at the end.
  private int peek() { return at < text.length() ? text.charAt(at) : -1; }

  /// The next character as an error shows it.
  private String found() {
    int c = peek();
    return c < 0 ? "the end of the text"
        : c > ' ' && c < 0x7F ? "'" + (char) c + "'"
        : "U+" + HexFormat.of().withUpperCase().toHexDigits((char) c);
  }

  private JsonException fault(String reason) { return faultAt(at, reason); }

  private JsonException faultAt(int place, String reason) {
    var path = new StringBuilder();
    for (int level = 1; level <= depth; level++) {
      path.append(indexes[level] >= 0 ? "/" + indexes[level]
          : names[level] == null ? "" : Pointer.step(names[level]));
    }
    return JsonException.in(text.substring(0, Math.min(place, text.length())), path.toString(), reason);
  }

  /// Text from outside as an error quotes it: not endless, and without control characters.
  static String shorten(String text) {
    var shown = new StringBuilder();
    text.codePoints().limit(SHOWN_CHARS_MAX).forEach(c ->
        shown.appendCodePoint(Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? 0xFFFD : c));
    return text.length() > shown.length() ? shown.append('…').toString() : shown.toString();
  }
}

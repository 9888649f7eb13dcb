package uservice.json;

import module java.base;

/// Writes compact JSON as UTF-8 into a buffer of its own, which it keeps: once warm, nothing is allocated.
///
/// ```java
/// writer.reset().object().name("level").value("INFO").name("thread").value(7).end().line().writeTo(out);
/// ```
///
/// What comes out is valid JSON whatever the strings hold. Calls in an order that is no JSON (a value without its name,
/// an `end` too many, the text taken while something is open) are bugs of the caller and raise an
/// [IllegalStateException]; after an exception, [#reset()] starts anew. For one thread at a time.
public final class JsonWriter {
  /// The deepest nesting.
  public static final int DEPTH_MAX = 512;

  private static final int BYTES = 512;
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};
  private static final byte[] CUT = "…".getBytes(StandardCharsets.UTF_8);
  private static final boolean[] PLAIN = new boolean[0x80];

  static {
    for (int c = ' '; c < 0x7F; c++) {
      PLAIN[c] = c != '"' && c != '\\';
    }
  }

  private final Utf8Buffer out;
  private final boolean[] objects = new boolean[DEPTH_MAX + 1];
  private int depth;
  private boolean full; // a value stands before, on this level
  private boolean named; // a name waits for its value

  public JsonWriter() { this(new Utf8Buffer(BYTES)); }

  /// Writes behind what the buffer holds already.
  public JsonWriter(Utf8Buffer out) { this.out = out; }

  /// Forgets everything written, and what was open.
  public JsonWriter reset() {
    out.truncate(0);
    depth = 0;
    full = false;
    named = false;
    return this;
  }

  public JsonWriter object() { return open('{', true); }

  public JsonWriter array() { return open('[', false); }

  /// Closes the object or array opened last.
  public JsonWriter end() {
    if (depth == 0 || named) {
      throw bug(named ? "end() where a value is due" : "end() and nothing is open");
    }
    out.put(objects[depth--] ? '}' : ']');
    full = true;
    return this;
  }

  /// A member's name; its value comes next. That no name is there twice is the caller's part.
  public JsonWriter name(CharSequence name) {
    if (depth == 0 || !objects[depth] || named) {
      throw bug("name '" + name + (named ? "' where a value is due" : "' outside of an object"));
    }
    if (full) {
      out.put(',');
    }
    string(name, Integer.MAX_VALUE);
    out.put(':');
    named = true;
    return this;
  }

  /// A string; null is `null`.
  public JsonWriter value(CharSequence text) { return value(text, Integer.MAX_VALUE); }

  /// A string cut to at most `bytesMax` bytes between its quotes, `…` at the end where it was cut; never inside of a
  /// character or an escape.
  public JsonWriter value(CharSequence text, int bytesMax) {
    if (bytesMax < CUT.length) {
      throw new IllegalArgumentException("bytesMax " + bytesMax + ", at least " + CUT.length);
    }
    if (text == null) {
      return nullValue();
    }
    begin();
    string(text, bytesMax);
    return this;
  }

  public JsonWriter value(long value) {
    begin();
    out.put(value);
    return this;
  }

  /// A number; NaN and infinity, which JSON does not have, are an [IllegalArgumentException].
  public JsonWriter value(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(value + " is no JSON number");
    }
    begin();
    out.put(value);
    return this;
  }

  public JsonWriter value(boolean value) {
    begin();
    out.put(value ? "true" : "false");
    return this;
  }

  public JsonWriter value(Json value) {
    // Not a `switch` over types: the first one in a process costs milliseconds, and a feature may write JSON at its start.
    if (value instanceof Json.Obj(var members)) {
      object();
      members.forEach((name, member) -> name(name).value(member));
      return end();
    } else if (value instanceof Json.Arr(var items)) {
      array();
      items.forEach(this::value);
      return end();
    } else if (value instanceof Json.Str(var text)) {
      return value(text);
    } else if (value instanceof Json.Num(var text)) {
      begin();
      out.put(text);
      return this;
    }
    return value instanceof Json.Bool(var bool) ? value(bool) : nullValue();
  }

  public JsonWriter nullValue() {
    begin();
    out.put(NULL);
    return this;
  }

  /// Ends a document with a line feed; another may follow (JSON Lines).
  public JsonWriter line() {
    finished().put('\n');
    if (!full) {
      throw bug("line() and nothing is on it");
    }
    full = false;
    return this;
  }

  /// The bytes so far, of whole documents only.
  public int size() { return finished().size(); }

  public byte[] toByteArray() { return finished().toByteArray(); }

  /// Writes everything with one `write`.
  public void writeTo(OutputStream stream) throws IOException {
    finished().writeTo(stream);
  }

  private JsonWriter open(char bracket, boolean object) {
    if (depth == DEPTH_MAX) {
      throw bug("nested deeper than " + DEPTH_MAX);
    }
    begin();
    out.put(bracket);
    objects[++depth] = object;
    full = false;
    return this;
  }

  /// What must be there, and be so, before any value.
  private void begin() {
    if (depth > 0 && objects[depth]) {
      if (!named) {
        throw bug("a value in an object, without a name");
      }
      named = false;
    } else if (full) {
      if (depth == 0) {
        throw bug("a second value in one document");
      }
      out.put(',');
    }
    full = true;
  }

  private Utf8Buffer finished() {
    if (depth > 0 || !full && out.size() == 0) {
      throw bug(depth > 0 ? depth + " objects or arrays are open, end() them" : "nothing was written");
    }
    return out;
  }

  private void string(CharSequence text, int bytesMax) {
    out.put('"');
    int start = out.size();
    int cut = start; // the last place where the mark of a cut has room behind
    int length = text.length();
    for (int i = 0; i < length; ) {
      int room = bytesMax - CUT.length - (out.size() - start);
      if (room >= 0) {
        i = out.putAscii(text, i, room < length - i ? i + room : length, PLAIN);
        cut = out.size();
      }
      if (i < length) {
        i += character(text, i);
      }
      if (out.size() - start > bytesMax) {
        out.truncate(cut).put(CUT);
        break;
      }
    }
    out.put('"');
  }

  /// Any character, escaped where it must be (RFC 8259, section 7) or would look like a line end or control.
  private int character(CharSequence text, int i) {
    char c = text.charAt(i);
    if (c < 0x80 ? PLAIN[c] : c != '\u2028' && c != '\u2029') {
      return out.putPoint(text, i);
    }
    out.put('\\');
    switch (c) {
      case '"', '\\' -> out.put(c);
      case '\b' -> out.put('b');
      case '\f' -> out.put('f');
      case '\n' -> out.put('n');
      case '\r' -> out.put('r');
      case '\t' -> out.put('t');
      default -> {
        out.put('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
          out.put(Character.forDigit(c >> shift & 0xF, 16));
        }
      }
    }
    return 1;
  }

  private static IllegalStateException bug(String what) {
    return new IllegalStateException("BUG: " + what);
  }
}

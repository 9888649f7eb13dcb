package uservice.json;

import module java.base;

/// A JSON value: an immutable tree with one record for each kind.
///
/// ```java
/// Json order = Json.parse(body);
/// String city = order.asString("/customer/city");          // JSON pointers, RFC 6901
/// long count = order.asLong("/lines/0/quantity");          // "at /lines/0/quantity: expected a number, found a string"
/// String note = order.get("note").map(Json::asString).orElse("");
/// ```
///
/// Every accessor throws [JsonException] where the value is of another kind or absent, and names its path; one without
/// a pointer means this value itself. `toString` is the JSON text.
public sealed interface Json {
  /// The most bytes that [#parse(byte[])] takes.
  int BYTES_MAX = 1 << 20;

  /// The deepest nesting that [#parse(byte[])] and [#of(Object)] take.
  int DEPTH_MAX = 64;

  /// An object; its members stand in the order of the text.
  record Obj(Map<String, Json> members) implements Json {
    public Obj {
      var copy = new LinkedHashMap<>(members);
      copy.forEach((name, value) -> Objects.requireNonNull(value, name));
      members = Collections.unmodifiableMap(copy);
    }

    @Override public String toString() { return text(); }
  }

  /// An array.
  record Arr(List<Json> items) implements Json {
    public Arr {
      items = List.copyOf(items);
    }

    @Override public String toString() { return text(); }
  }

  /// A string.
  record Str(String value) implements Json {
    public Str {
      Objects.requireNonNull(value);
    }

    @Override public String toString() { return text(); }
  }

  /// A number, as its text: `1.0` and `1` are two values. Text that RFC 8259 does not allow is an
  /// [IllegalArgumentException].
  record Num(String text) implements Json {
    /// The longest text that is looked at as a `long`; more is only zeros, or a way to burn time.
    private static final int LONG_CHARS_MAX = 64;

    public Num {
      String fault = JsonParser.numberFault(text);
      if (fault != null) {
        throw new IllegalArgumentException(fault);
      }
    }

    /// The number if it is whole and fits, whichever way it is written (`1e3` is 1000); else an [ArithmeticException].
    public long longValue() {
      try {
        if (text.length() <= LONG_CHARS_MAX) {
          return new BigDecimal(text).longValueExact();
        }
      } catch (ArithmeticException | NumberFormatException e) {
        // said below, with the number
      }
      throw new ArithmeticException("expected a whole number from -2^63 to 2^63-1, found " + JsonParser.shorten(text));
    }

    /// The nearest double; an [ArithmeticException] where the number is beyond all of them.
    public double doubleValue() {
      double value = Double.parseDouble(text);
      if (Double.isInfinite(value)) {
        throw new ArithmeticException("expected a number that a double can hold, found " + JsonParser.shorten(text));
      }
      return value;
    }

    @Override public String toString() { return text; }
  }

  /// `true` or `false`.
  record Bool(boolean value) implements Json {
    @Override public String toString() { return text(); }
  }

  /// `null`.
  record Null() implements Json {
    @Override public String toString() { return text(); }
  }

  /// Reads UTF-8 text within [#BYTES_MAX] and [#DEPTH_MAX].
  static Json parse(byte[] utf8) { return parse(utf8, BYTES_MAX, DEPTH_MAX); }

  /// Reads UTF-8 text of at most `bytesMax` bytes, nested at most `depthMax` (up to [JsonWriter#DEPTH_MAX]) deep.
  static Json parse(byte[] utf8, int bytesMax, int depthMax) {
    return JsonParser.parse(utf8, bytesMax, depthMax);
  }

  /// Reads text within [#BYTES_MAX] (as UTF-8) and [#DEPTH_MAX].
  static Json parse(String text) { return JsonParser.parse(text, BYTES_MAX, DEPTH_MAX); }

  /// The tree of a plain value: map, iterable, array, record (its components by their names), enum, text, number,
  /// boolean, `Optional`, null, or a tree itself; times, durations, `URI`, `UUID` and `Path` become their text.
  /// Anything else, NaN, infinity, nesting beyond [#DEPTH_MAX] (a cycle, most likely), or more than a million values is
  /// an [IllegalArgumentException] that names the place.
  static Json of(Object plain) { return new Plain().json(plain, "", 0); }

  /// The member of that name in this object, if it has one; one that is `null` is there, as [Null].
  default Optional<Json> get(String name) { return Optional.ofNullable(asMap().get(name)); }

  /// The value where a JSON pointer points, such as `/lines/0/sku`; `""` is this value.
  default Json at(String pointer) { return Pointer.resolve(this, pointer); }

  default String asString() { return asString(""); }

  default String asString(String pointer) {
    return Pointer.resolve(this, pointer, Str.class).value();
  }

  /// A whole number, see [Num#longValue()].
  default long asLong() { return asLong(""); }

  default long asLong(String pointer) {
    try {
      return Pointer.resolve(this, pointer, Num.class).longValue();
    } catch (ArithmeticException e) {
      throw new JsonException(pointer, e.getMessage());
    }
  }

  default double asDouble() { return asDouble(""); }

  default double asDouble(String pointer) {
    try {
      return Pointer.resolve(this, pointer, Num.class).doubleValue();
    } catch (ArithmeticException e) {
      throw new JsonException(pointer, e.getMessage());
    }
  }

  default boolean asBoolean() { return asBoolean(""); }

  default boolean asBoolean(String pointer) {
    return Pointer.resolve(this, pointer, Bool.class).value();
  }

  default List<Json> asList() { return asList(""); }

  default List<Json> asList(String pointer) {
    return Pointer.resolve(this, pointer, Arr.class).items();
  }

  default Map<String, Json> asMap() { return asMap(""); }

  default Map<String, Json> asMap(String pointer) {
    return Pointer.resolve(this, pointer, Obj.class).members();
  }

  /// This value as compact JSON text.
  default String text() { return new String(bytes(), StandardCharsets.UTF_8); }

  /// This value as compact JSON in UTF-8.
  default byte[] bytes() { return new JsonWriter().value(this).toByteArray(); }
}

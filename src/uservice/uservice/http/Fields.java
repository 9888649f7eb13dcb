package uservice.http;

import module java.base;
import com.sun.net.httpserver.Headers;

/// Header fields of an answer, checked when they are made, and kept in the form that the JDK's
/// server takes: nothing is built for each request.
final class Fields {
  static final Fields NONE = new Fields(new String[0], List.of());

  private static final String TOKEN = "!#$%&'*+-.^_`|~";

  private final String[] names;
  private final List<List<String>> values;

  private Fields(String[] names, List<List<String>> values) {
    this.names = names;
    this.values = values;
  }

  static Fields of(String name, String value) { return NONE.with(name, value); }

  Fields with(String name, String value) {
    checkName(name);
    checkValue(name, value);
    int at = indexOf(name);
    var more = new ArrayList<>(values);
    if (at < 0) {
      more.add(List.of(value));
      String[] longer = Arrays.copyOf(names, names.length + 1);
      longer[names.length] = name;
      return new Fields(longer, more);
    }
    more.set(at, name.equalsIgnoreCase("Content-Type") ? List.of(value)
        : Stream.concat(values.get(at).stream(), Stream.of(value)).toList());
    return new Fields(names, more);
  }

  private int indexOf(String name) {
    for (int i = 0; i < names.length; i++) {
      if (names[i].equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  Optional<String> first(String name) {
    int at = indexOf(name);
    return at < 0 ? Optional.empty() : Optional.of(values.get(at).getFirst());
  }

  void putInto(Headers headers) {
    for (int i = 0; i < names.length; i++) {
      headers.put(names[i], values.get(i));
    }
  }

  /// Names are tokens (RFC 9110, section 5.6.2).
  private static void checkName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!Target.isAlphanumeric(c) && TOKEN.indexOf(c) < 0) {
        throw new IllegalArgumentException("header name '" + name + "' is no token");
      }
    }
    if (name.isEmpty()) {
      throw new IllegalArgumentException("header name is empty");
    }
  }

  private static void checkValue(String name, String value) {
    switch (name.toLowerCase(Locale.ROOT)) {
      case "content-length", "transfer-encoding", "keep-alive", "date" ->
          throw new IllegalArgumentException("header " + name + " is set by the server");
      case "connection" -> {
        if (!value.equalsIgnoreCase("close")) {
          throw new IllegalArgumentException("header Connection can be 'close', nothing else");
        }
      }
      default -> { }
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' && c != '\t' || c == 0x7F || c > 0xFF) {
        throw new IllegalArgumentException("value of header " + name + " has character " + (int) c
            + " at " + i + ", no control characters and none beyond Latin-1");
      }
    }
  }
}

package uservice.redis;

import module java.base;

/// A command as it goes over the wire: an array of bulk strings, `*2\r\n$3\r\nGET\r\n$1\r\na\r\n`.
///
/// @param name its first word, for messages
/// @param bytes not to be written to
record Command(String name, byte[] bytes) {
  /// A command of these words: byte arrays as they are, all else as its text in UTF-8.
  static Command of(String name, Object... arguments) { return of(name, List.of(arguments)); }

  static Command of(String name, List<?> arguments) {
    var out = new Encoder();
    out.head('*', arguments.size() + 1);
    out.bulk(name.getBytes(StandardCharsets.UTF_8));
    for (Object argument : arguments) {
      out.bulk(argument instanceof byte[] bytes ? bytes : argument.toString().getBytes(StandardCharsets.UTF_8));
    }
    return new Command(name, out.toByteArray());
  }

  private static final class Encoder extends ByteArrayOutputStream {
    private static final byte[] END = {'\r', '\n'};

    void head(char kind, int count) {
      write(kind);
      writeBytes(Integer.toString(count).getBytes(StandardCharsets.US_ASCII));
      writeBytes(END);
    }

    void bulk(byte[] bytes) {
      head('$', bytes.length);
      writeBytes(bytes);
      writeBytes(END);
    }
  }
}

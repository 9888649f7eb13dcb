package uservice.yaml;

import module java.base;

/// Reads the YAML subset that configuration is written in; `package-info` says what is in it. Stateless and thread-safe.
public final class Yaml {
  /// The longest text, in bytes of UTF-8.
  public static final int BYTES_MAX = 1 << 20;

  /// The most collections inside each other.
  public static final int DEPTH_MAX = 64;

  private Yaml() {}

  /// The one document in the text; an empty text is an empty plain scalar, which means null.
  ///
  /// @throws YamlException for the first fault in the text
  public static Node parse(byte[] utf8) throws YamlException {
    if (utf8.length > BYTES_MAX) {
      throw tooLong();
    }
    return new Block(new Cursor(Utf8.read(utf8))).document();
  }

  /// The same from characters; a lone surrogate is refused, since no text holds one.
  ///
  /// @throws YamlException for the first fault in the text
  public static Node parse(String text) throws YamlException {
    if (text.length() > BYTES_MAX) {
      throw tooLong();
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i)) && Character.isBmpCodePoint(text.codePointAt(i++))) {
        throw loneSurrogate(text, i - 1);
      }
    }
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static YamlException tooLong() {
    return new YamlException(Mark.FIRST, Mark.FIRST, "text is longer than " + BYTES_MAX + " bytes (1 MiB)");
  }

  private static YamlException loneSurrogate(String text, int index) {
    byte[] before = text.substring(text.startsWith("\uFEFF") ? 1 : 0, index)
        .replace("\r\n", "\n").replace('\r', '\n').getBytes(StandardCharsets.UTF_8);
    Mark at = Mark.FIRST.after(before, 0, before.length);
    return new YamlException(at, new Mark(at.line(), at.column() + 1), "lone surrogate U+"
        + HexFormat.of().withUpperCase().toHexDigits(text.charAt(index)) + ", expected a pair of them");
  }
}

package uservice.config;

import module java.base;

/// Replaces `${…}` in a scalar of the file, once, left to right; what is put in is not looked at again.
///
/// | written | becomes |
/// |---|---|
/// | `${NAME}` | the variable; a problem where it is not set |
/// | `${NAME:-text}` | the variable, or `text` where it is not set or empty |
/// | `${NAME-text}` | the variable, or `text` where it is not set |
/// | `${NAME:?text}` | the variable; a problem that says `text` where it is not set or empty |
/// | `${file:PATH}` | the file's content, without the line end at its end |
/// | `$$` | `$` |
/// | `$` before anything else | `$` |
final class Interpolation {
  /// The largest file that is put in.
  static final int FILE_BYTES_MAX = 64 << 10;

  private static final String FILE = "file:";

  private final Map<String, String> environment;
  private final StringBuilder out = new StringBuilder();
  private final List<String> sources = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private boolean file;

  Interpolation(Map<String, String> environment, String text) {
    this.environment = environment;
    int at = 0;
    for (int dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', at)) {
      out.append(text, at, dollar);
      int end = text.startsWith("${", dollar) ? text.indexOf('}', dollar) : dollar;
      if (end > dollar) {
        put(text.substring(dollar + 2, end));
      } else {
        out.append('$');
        end = text.startsWith("$$", dollar) ? dollar + 1 : dollar;
        if (text.startsWith("${", dollar)) {
          faults.add("'${' without its '}'; write $${ for the characters themselves");
        }
      }
      at = end + 1;
    }
    out.append(text, at, text.length());
  }

  /// The text with everything put in.
  String text() {
    return out.toString();
  }

  /// What could not be put in, and why.
  List<String> faults() {
    return faults;
  }

  /// The variables and files that were named.
  List<String> sources() {
    return sources;
  }

  /// Whether a part came from a file, and should not be shown to anybody.
  boolean fromFile() {
    return file;
  }

  private void put(String reference) {
    int length = 0;
    while (length < reference.length() && nameChar(reference.charAt(length), length)) {
      length++;
    }
    String name = reference.substring(0, length);
    String behind = reference.substring(length);
    if (reference.startsWith(FILE) && !behind.startsWith(":-") && !behind.startsWith(":?")) {
      putFile(reference.substring(FILE.length()));
      return;
    }
    String value = environment.get(name);
    boolean empty = value == null || value.isEmpty();
    sources.add(name);
    if (name.isEmpty()) {
      faults.add("'${' needs the name of a variable; write $${ for the characters themselves");
    } else if (behind.startsWith(":-")) {
      out.append(empty ? behind.substring(2) : value);
    } else if (behind.startsWith("-")) {
      out.append(value == null ? behind.substring(1) : value);
    } else if (behind.startsWith(":?") && empty) {
      String message = behind.length() > 2 ? ": " + Excerpt.escape(behind.substring(2)) : "";
      faults.add("variable " + name + (value == null ? " is not set" : " is empty") + message);
    } else if (!behind.isEmpty() && !behind.startsWith(":?")) {
      faults.add("after ${" + name + " comes }, :-DEFAULT}, -DEFAULT} or :?MESSAGE}");
    } else if (value == null) {
      faults.add("variable " + name + " is not set; ${" + name + ":-...} would give it a default");
    } else {
      out.append(value);
    }
  }

  private static boolean nameChar(char c, int at) {
    return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_' || at > 0 && c >= '0' && c <= '9';
  }

  private void putFile(String name) {
    file = true;
    sources.add(Excerpt.escape(name));
    String fault;
    try {
      Path path = Path.of(name);
      if (!Files.isRegularFile(path)) { // a pipe could wait for ever
        faults.add("file " + Excerpt.quote(name) + (Files.exists(path) ? " is no regular file" : " does not exist"));
        return;
      }
      try (InputStream in = Files.newInputStream(path)) {
        byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
        String content = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        out.append(content, 0, content.length() - (content.endsWith("\r\n") ? 2 : content.endsWith("\n") ? 1 : 0));
        fault = bytes.length > FILE_BYTES_MAX ? " is larger than " + new Size(FILE_BYTES_MAX) : "";
      }
    } catch (CharacterCodingException e) {
      fault = " is not UTF-8";
    } catch (AccessDeniedException e) {
      fault = " cannot be read: permission denied";
    } catch (IOException | InvalidPathException e) {
      fault = " cannot be read";
    }
    if (!fault.isEmpty()) {
      faults.add("file " + Excerpt.quote(name) + fault);
    }
  }
}

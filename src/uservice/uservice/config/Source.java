package uservice.config;

import module java.base;

/// A configuration file's name and content.
public final class Source {
  /// The largest file that is read.
  public static final int BYTES_MAX = 1 << 20;

  private final String name;
  private final byte[] bytes;

  private Source(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /// Reads a file; problems in it name it as `path` does.
  ///
  /// @throws ConfigurationException with one problem, if it is not there, not readable, a folder, or larger than [#BYTES_MAX]
  public static Source of(Path path) throws ConfigurationException {
    String name = Excerpt.escape(path.toString());
    String fault;
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length <= BYTES_MAX) {
        return new Source(name, bytes);
      }
      fault = "larger than " + new Size(BYTES_MAX);
    } catch (NoSuchFileException missing) {
      fault = "no such file";
    } catch (AccessDeniedException denied) {
      fault = "permission denied";
    } catch (IOException unreadable) {
      fault = Files.isDirectory(path) ? "is a folder, not a file" : "cannot be read: " + unreadable.getMessage();
    }
    var problem = new Problem.Unreadable(Origin.of(name), fault);
    throw new ConfigurationException(new Problems(List.of(new Problems.Found(Input.NONE, problem))));
  }

  /// A text that is called `name` in problems.
  public static Source of(String name, String text) {
    return new Source(name, text.getBytes(StandardCharsets.UTF_8));
  }

  byte[] bytes() {
    return bytes;
  }

  /// The content as problems show it.
  Input input() {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return Input.file(name, text.startsWith("\uFEFF") ? text.substring(1) : text);
  }
}

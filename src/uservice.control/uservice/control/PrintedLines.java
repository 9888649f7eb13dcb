package uservice.control;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.log.Field;

/// What a child prints, line by line into the log. A line that is too long comes in pieces; a child that floods is slowed down by its pipe,
/// and takes neither memory nor the log from the others.
final class PrintedLines {
  static final int LINE_BYTES_MAX = 4096;
  static final int LINES_PER_SECOND_MAX = 5000;
  private static final Logger LOG = System.getLogger("child");

  private final Rate rate = new Rate(LINES_PER_SECOND_MAX, System::nanoTime);
  private final Consumer<String> sink;

  PrintedLines(Consumer<String> sink) {
    this.sink = sink;
  }

  /// Reads `from` until its end, on a thread of its own, which is returned.
  static Thread follow(InputStream from, String stream) {
    var name = Field.of("stream", stream);
    return Thread.ofPlatform().daemon().name("child-" + stream).start(() -> {
      try (from) {
        new PrintedLines(line -> LOG.log(Level.INFO, line, name)).read(from);
      } catch (IOException closed) {
        LOG.log(Level.DEBUG, "the child's " + stream + " is closed", closed);
      }
    });
  }

  void read(InputStream from) throws IOException {
    byte[] line = new byte[LINE_BYTES_MAX];
    int length = 0;
    byte[] chunk = new byte[LINE_BYTES_MAX];
    for (int count = from.read(chunk); count >= 0; count = from.read(chunk)) {
      for (int i = 0; i < count; i++) {
        if (chunk[i] == '\n') {
          tell(line, length);
          length = 0;
          continue;
        }
        if (length == LINE_BYTES_MAX) {
          int whole = whole(line);
          tell(line, whole);
          System.arraycopy(line, whole, line, 0, length - whole);
          length -= whole;
        }
        line[length++] = chunk[i];
      }
    }
    if (length > 0) {
      tell(line, length);
    }
  }

  /// How many bytes of a full line go before a character that may not be complete.
  private static int whole(byte[] line) {
    int start = LINE_BYTES_MAX - 1;
    while (start > LINE_BYTES_MAX - 4 && (line[start] & 0xC0) == 0x80) {
      start--;
    }
    return (line[start] & 0xC0) == 0xC0 ? start : LINE_BYTES_MAX;
  }

  private void tell(byte[] line, int length) {
    for (long wait = rate.delay(); wait > 0; wait = rate.delay()) {
      LockSupport.parkNanos(wait);
    }
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    sink.accept(new String(line, 0, end, StandardCharsets.UTF_8));
  }
}

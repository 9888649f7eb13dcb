package uservice.hwaas;

import module java.base;

/// A line at the bottom of a terminal that is written anew in its place, below whatever else is printed there.
///
/// It is taken away before anything else is written, by whoever does ([#hide()], [#above]), and comes back with the next [#show].
/// What does not fit into the terminal's width is cut by the terminal itself. Any thread may call any member.
final class Live {
  // ECMA-48: carriage return, erase to the end of the line; DEC private mode 7, autowrap, off and on.
  private static final byte[] ERASE = bytes("\r\u001b[K");
  private static final String BEFORE = "\r\u001b[?7l";
  private static final String AFTER = "\u001b[K\u001b[?7h";

  private final OutputStream terminal;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean shown;
  private boolean over;

  Live(OutputStream terminal) {
    this.terminal = terminal;
  }

  /// Writes the line, instead of the one that is there; a terminal that is gone is no fault.
  void show(String text) {
    lock.lock();
    try {
      if (!over) {
        terminal.write(bytes(BEFORE + text + AFTER));
        shown = true;
      }
    } catch (IOException gone) {
      over = true;
    } finally {
      lock.unlock();
    }
  }

  /// Takes the line away.
  void hide() {
    lock.lock();
    try {
      if (shown) {
        shown = false;
        terminal.write(ERASE);
      }
    } catch (IOException gone) {
      over = true;
    } finally {
      lock.unlock();
    }
  }

  /// Takes the line away for ever.
  void end() {
    lock.lock();
    try {
      hide();
      over = true;
    } finally {
      lock.unlock();
    }
  }

  /// `out`, which prints on the same terminal: the line is taken away before each write, and does not come back within one.
  OutputStream above(OutputStream out) {
    return new OutputStream() {
      @Override public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override public void write(byte[] bytes, int from, int length) throws IOException {
        lock.lock();
        try {
          hide();
          out.write(bytes, from, length);
        } finally {
          lock.unlock();
        }
      }

      @Override public void flush() throws IOException {
        out.flush();
      }
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

package uservice.log;

import module java.base;

/// An exception as text: where it was thrown, what was suppressed, its causes; each exception once, and all of it bounded.
final class Stack {
  private static final int EXCEPTIONS_MAX = 16;
  private static final int FRAMES_MAX = 64;
  private static final int CHARS_MAX = 64 * 1024;
  private static final StackTraceElement[] NONE = {};

  private final StringBuilder text = new StringBuilder();
  private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private Stack() {}

  /// The stack as the JDK prints one, with `\n` behind each line.
  static String of(Throwable thrown) {
    var stack = new Stack();
    stack.add(thrown, "", "", NONE);
    return stack.text.toString();
  }

  /// The exception's own message, or what came of asking for it; null where it has none.
  static String message(Throwable thrown) {
    try {
      return thrown.getMessage();
    } catch (Throwable failed) {
      return Message.failed(thrown, "getMessage", failed);
    }
  }

  private void add(Throwable thrown, String indent, String caption, StackTraceElement[] enclosing) {
    if (seen.size() == EXCEPTIONS_MAX || text.length() > CHARS_MAX) {
      return;
    }
    text.append(indent).append(caption);
    if (!seen.add(thrown)) {
      text.append("[shown above: ").append(thrown.getClass().getName()).append("]\n");
      return;
    }
    String what = Message.text(thrown);
    text.append(what, 0, Math.min(what.length(), CHARS_MAX)).append('\n');
    StackTraceElement[] frames = tried(thrown::getStackTrace, NONE);
    addFrames(frames, indent, enclosing);
    for (Throwable suppressed : thrown.getSuppressed()) {
      add(suppressed, indent.concat("\t"), "Suppressed: ", frames);
    }
    Throwable cause = tried(thrown::getCause, null);
    if (cause != null) {
      add(cause, indent, "Caused by: ", frames);
    }
  }

  /// The frames, but for those at the bottom that the exception around it has shown.
  private void addFrames(StackTraceElement[] frames, String indent, StackTraceElement[] enclosing) {
    int own = frames.length;
    for (int i = enclosing.length; own > 0 && i > 0 && Objects.equals(frames[own - 1], enclosing[i - 1]); i--) {
      own--;
    }
    int shown = Math.min(own, FRAMES_MAX);
    for (int i = 0; i < shown; i++) {
      text.append(indent).append("\tat ").append(frames[i]).append('\n');
    }
    if (frames.length > shown) {
      text.append(indent).append("\t... ").append(frames.length - shown).append(" more\n");
    }
  }

  private static <T> T tried(Supplier<T> ask, T otherwise) {
    try {
      T answer = ask.get();
      return answer == null ? otherwise : answer;
    } catch (Throwable failed) {
      return otherwise;
    }
  }
}

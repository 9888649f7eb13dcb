package uservice.queue;

import module java.base;

/// A piece of work: its id, by which it is recognised when it is submitted or delivered twice, and its body.
///
/// The body is not copied: neither the one who made it nor the one who got it may write to it.
public record Job(String id, byte[] body) {
  public static final int ID_CHARS_MAX = 255;
  public static final int BODY_BYTES_MAX = 1 << 20;

  public Job {
    if (id.isEmpty() || id.length() > ID_CHARS_MAX) {
      throw new IllegalArgumentException("job id of " + id.length() + " characters, expected 1 to " + ID_CHARS_MAX);
    }
    if (body.length > BODY_BYTES_MAX) {
      throw new IllegalArgumentException("job of " + body.length + " bytes, at most " + BODY_BYTES_MAX);
    }
  }
}

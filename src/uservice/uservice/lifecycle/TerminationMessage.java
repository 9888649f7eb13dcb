package uservice.lifecycle;

import module java.base;

/// The file in which Kubernetes looks for a container's last words (`terminationMessagePath`, by default
/// `/dev/termination-log`; the kubelet reads at most 4096 bytes).
public final class TerminationMessage {
  private static final int BYTES_MAX = 4096;

  private TerminationMessage() {}

  /// Writes `message` into `file` where there is such a file; outside a pod there is none, and nothing happens. A file
  /// that cannot be written costs the message, not the end of the service.
  public static void write(Path file, String message) {
    if (!Files.exists(file)) {
      return;
    }
    try {
      Files.write(file, cut(message), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException | SecurityException unwritable) {
      // The same words are in the log.
    }
  }

  /// The UTF-8 bytes of `message`, cut between characters.
  static byte[] cut(String message) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= BYTES_MAX) {
      return bytes;
    }
    int end = BYTES_MAX;
    while ((bytes[end] & 0xc0) == 0x80) { // 10xxxxxx continues a character
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }
}

package uservice.log;

import module java.base;

/// A stream that keeps what it is given, and can be shut so that a write waits, or broken so that it fails.
final class Valve extends OutputStream {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final AtomicInteger writes = new AtomicInteger();
  private volatile CountDownLatch open = new CountDownLatch(0);
  private volatile int breaksAfter = Integer.MAX_VALUE;

  void shut() { open = new CountDownLatch(1); }

  void open() { open.countDown(); }

  /// Fails each write after this many of its bytes.
  void breakAfter(int bytes) { breaksAfter = bytes; }

  void mend() { breaksAfter = Integer.MAX_VALUE; }

  int writes() { return writes.get(); }

  String text() {
    return kept.toString(StandardCharsets.UTF_8);
  }

  List<String> lines() {
    return text().lines().toList();
  }

  /// Waits until a write has begun, this one being the `count`th.
  void awaitWrites(int count) throws InterruptedException {
    await(() -> writes.get() >= count, () -> writes + " writes, not " + count);
  }

  void awaitText(String text) throws InterruptedException {
    await(() -> text().contains(text), () -> "'" + text + "' is not in " + text());
  }

  static void await(BooleanSupplier met, Supplier<String> otherwise) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!met.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(otherwise.get());
      }
      Thread.sleep(1);
    }
  }

  @Override public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override public void write(byte[] bytes, int from, int length) throws IOException {
    writes.incrementAndGet();
    try {
      open.await();
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
    kept.write(bytes, from, Math.min(length, breaksAfter));
    if (length > breaksAfter) {
      throw new IOException("broken");
    }
  }
}

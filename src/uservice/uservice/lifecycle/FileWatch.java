package uservice.lifecycle;

import module java.base;

/// Notices that a file has changed, whichever way it was: written in place, replaced by a rename, or reached through a
/// symbolic link that was swapped, as Kubernetes does with the files of a ConfigMap (`..data`).
///
/// It compares what the path leads to once a period, and calls back when a change has stood for one more period, so that a
/// file that is still being written is not read in half. Asking is cheaper here than inotify, which follows neither a
/// swapped link nor a network file system.
public final class FileWatch implements AutoCloseable {
  private record Stamp(Path target, FileTime modified, long size) {
    static final Stamp NONE = new Stamp(Path.of(""), FileTime.fromMillis(0), -1);

    static Stamp of(Path file) {
      try {
        Path target = file.toRealPath();
        BasicFileAttributes now = Files.readAttributes(target, BasicFileAttributes.class);
        return new Stamp(target, now.lastModifiedTime(), now.size());
      } catch (IOException gone) {
        return NONE;
      }
    }
  }

  private static final System.Logger LOG = System.getLogger("uservice.lifecycle");

  private final Thread thread;

  private FileWatch(Thread thread) {
    this.thread = thread;
  }

  /// Calls `changed` on a thread of the watch whenever `file` has changed and then stood still for `period`.
  public static FileWatch start(Path file, Duration period, Runnable changed) {
    Stamp first = Stamp.of(file);
    return new FileWatch(Thread.ofPlatform().daemon().name("file-watch").start(() -> watch(file, first, period, changed)));
  }

  private static void watch(Path file, Stamp first, Duration period, Runnable changed) {
    Stamp told = first;
    Stamp last = first;
    try {
      while (true) {
        Thread.sleep(period);
        Stamp now = Stamp.of(file);
        if (now.equals(last) && !now.equals(told)) {
          told = now;
          tell(changed);
        }
        last = now;
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private static void tell(Runnable changed) {
    try {
      changed.run();
    } catch (RuntimeException failed) {
      LOG.log(System.Logger.Level.ERROR, "a change of the file could not be taken over", failed);
    }
  }

  @Override public void close() {
    thread.interrupt();
  }
}

package uservice.control;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.lifecycle.Processes;

/// Buries processes that the system gave to this one, being PID 1, when those who started them had ended, and that have ended themselves.
///
/// The JVM waits for the processes that it started, by their numbers, and for no other; and nothing in Java waits for any process. So `/proc`
/// is looked through once a second, and a dead child that is still there when it is looked at again is nobody's: the JVM takes its own at once.
final class Orphans {
  private static final Logger LOG = System.getLogger("uservice.child");
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final int STATE = 0;
  private static final int PARENT = 1;

  private final Path proc;
  private final long self;
  private final LongSupplier child;
  private final LongPredicate burial;
  private Set<Long> dead = Set.of(); // as of the last look

  Orphans(Path proc, long self, LongSupplier child) {
    this(proc, self, child, Processes::bury);
  }

  Orphans(Path proc, long self, LongSupplier child, LongPredicate burial) {
    this.proc = proc;
    this.self = self;
    this.child = child;
    this.burial = burial;
  }

  void start() {
    Thread.ofPlatform().daemon().name("orphans").start(() -> {
      try {
        while (true) {
          Thread.sleep(EVERY);
          look();
        }
      } catch (IllegalArgumentException denied) {
        LOG.log(Level.WARNING, "orphans that end stay in the process table: " + denied.getMessage());
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    });
  }

  /// Looks once; returns how many were buried.
  int look() {
    var now = new HashSet<Long>();
    String[] names = proc.toFile().list();
    for (String name : names == null ? new String[0] : names) {
      if (Character.isDigit(name.charAt(0)) && isDead(name)) {
        now.add(Long.valueOf(name));
      }
    }
    now.remove(child.getAsLong());
    int buried = 0;
    for (long pid : now) {
      buried += dead.contains(pid) && burial.test(pid) ? 1 : 0;
    }
    dead = now;
    return buried;
  }

  private boolean isDead(String name) {
    try {
      String stat = Files.readString(proc.resolve(name + "/stat"), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 3);
      return fields.length == 3 && fields[STATE].equals("Z") && Long.parseLong(fields[PARENT]) == self;
    } catch (IOException | NumberFormatException gone) {
      return false;
    }
  }
}

package uservice.control;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is read of `/proc`, from files that a test writes.
class ProcTest {
  @TempDir Path proc;

  private void process(long pid, String stat) throws IOException {
    Files.createDirectories(proc.resolve(Long.toString(pid)));
    Files.writeString(proc.resolve(pid + "/stat"), stat);
  }

  /// Fields 1 to 24 of a process with these numbers.
  private static String stat(long pid, String name, String state, long parent, int ticks) {
    return pid + " (" + name + ") " + state + " " + parent + " 1 1 0 -1 4194560 100 0 0 0 " + ticks + " 50 20 30 20 0 1 0 5000 1000000 25 0\n";
  }

  @Test void onlyDeadThatNobodyTookAreBuried() throws Exception {
    var buried = new ArrayList<Long>();
    var orphans = new Orphans(proc, 1, () -> 5L, pid -> buried.add(pid));
    process(2, stat(2, "dead) Z 1 (", "Z", 1, 0));
    process(3, stat(3, "runs", "S", 1, 0));
    process(4, stat(4, "another's", "Z", 3, 0));
    process(5, stat(5, "the child", "Z", 1, 0));
    process(6, "torn");
    Files.createDirectories(proc.resolve("7"));
    Files.createDirectories(proc.resolve("sys"));
    assertEquals(0, orphans.look(), "the JVM may be about to take it");
    assertEquals(1, orphans.look());
    assertEquals(List.of(2L), buried);
    Files.delete(proc.resolve("2/stat"));
    assertEquals(0, orphans.look());
    process(2, stat(2, "a new one", "Z", 1, 0));
    assertEquals(0, orphans.look(), "seen for the first time");
    assertEquals(1, orphans.look());
  }

  @Test void processorTimeOfEarlierChildrenStays() throws Exception {
    var pid = new AtomicLong(8);
    var numbers = new ChildMetrics(pid::get, proc);
    assertEquals(0, numbers.seconds());
    process(8, stat(8, "one (of) two", "S", 1, 100));
    assertEquals(2, numbers.seconds());
    assertEquals(0, numbers.resident());
    Files.writeString(proc.resolve("8/status"), "Name:\tVmRSS: 7 kB\nVmHWM:\t     200 kB\nVmRSS:\t     100 kB\nRssAnon:\t      60 kB\n");
    assertEquals(100 * 1024, numbers.resident());
    process(8, stat(8, "one (of) two", "S", 1, 200));
    assertEquals(3, numbers.seconds());
    pid.set(0);
    assertEquals(3, numbers.seconds());
    assertEquals(0, numbers.resident());
    pid.set(9);
    process(9, stat(9, "next", "S", 1, 0));
    assertEquals(4, numbers.seconds());
    process(9, "torn");
    assertEquals(4, numbers.seconds());
  }
}

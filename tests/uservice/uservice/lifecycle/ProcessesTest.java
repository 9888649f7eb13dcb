package uservice.lifecycle;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProcessesTest {
  @Test void sendsAnySignal() throws Exception {
    Process process = new ProcessBuilder("sh", "-c", "trap 'exit 41' USR1; trap 'exit 42' HUP; echo set; while :; do sleep 0.05; done").start();
    try {
      assertEquals('s', process.getInputStream().read(), "the traps are set");
      assertTrue(Processes.signal(process.pid(), "HUP"));
      assertEquals(42, process.waitFor());
      assertFalse(Processes.signal(process.pid(), "HUP"), "it is gone");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test void saysThatThereIsNoSuchSignal() {
    assertThrows(IllegalArgumentException.class, () -> Processes.signal(ProcessHandle.current().pid(), "NOSUCH"));
  }

  @Test void buriesOnlyItsOwnDead() {
    assertFalse(Processes.bury(1), "that is nobody's child");
  }
}

package uservice.lifecycle;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SignalsTest {
  @Test void runsTheActionAtTheSignal() throws Exception {
    var came = new CountDownLatch(1);
    Signals.on("USR2", came::countDown);
    Signals.raise("USR2");
    came.await();
  }

  @Test void saysWhichTheJvmKeeps() {
    var refused = assertThrows(IllegalArgumentException.class, () -> Signals.on("SEGV", () -> {}));
    assertTrue(refused.getMessage().startsWith("signal 'SEGV' cannot be handled: "), refused.getMessage());
  }

  @Test void saysThatThereIsNoSuchSignal() {
    assertThrows(IllegalArgumentException.class, () -> Signals.on("NOSUCH", () -> {}));
  }
}

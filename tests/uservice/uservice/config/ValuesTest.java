package uservice.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import module java.base;
import org.junit.jupiter.api.Test;

final class ValuesTest {
  @Test
  void secretNeverPrints() {
    Secret secret = Secret.of("hunter2");
    assertEquals("***", secret.toString());
    assertEquals("hunter2", secret.reveal());
    assertEquals(Secret.of("hunter2"), secret);
    assertEquals(Secret.of("hunter2").hashCode(), secret.hashCode());
    assertNotEquals(Secret.of("hunter3"), secret);
    assertFalse(secret.equals("hunter2"));
  }

  @Test
  void hostPortReadsBackWhatItWrites() {
    for (String text : List.of("db:5432", "0.0.0.0:0", "[::1]:8079", ":8080", "[fe80::1%eth0]:1")) {
      assertEquals(text, HostPort.parse(text).toString());
    }
    for (String text : List.of("", "db", "db:", "db:x", "db:-1", "db:000001", "[::1]", "[db]:1", "a b:1", "u@h:1", "a/b:1", "[::1:1")) {
      assertThrows(IllegalArgumentException.class, () -> HostPort.parse(text), text);
    }
  }

  @Test
  void sizeReadsBackWhatItWrites() {
    for (String text : List.of("0B", "1B", "1023B", "1KiB", "64KiB", "1MB", "1500kB", "1000KiB", "3GB", "8TB", "8388607TiB")) {
      assertEquals(text, Size.parse(text).toString());
    }
    assertEquals(new Size(1000), Size.parse("1KB"));
    assertEquals(-1, Integer.signum(Size.parse("1kB").compareTo(Size.parse("1KiB"))));
    assertThrows(IllegalArgumentException.class, () -> new Size(-1));
  }

  @Test void aTimeFromElsewhereIsReadTheSameWay() {
    assertEquals(Duration.ofSeconds(90), Times.of("1m30s"));
    assertEquals("a duration with its unit, such as 500ms, 5s, 1m30s or 2h, did you mean 5s?",
        assertThrows(IllegalArgumentException.class, () -> Times.of("5")).getMessage());
    assertThrows(IllegalArgumentException.class, () -> Times.of("9999999999999999d"));
  }
}

package uservice.lifecycle;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminationMessageTest {
  @TempDir Path folder;

  @Test void replacesWhatTheFileHeld() throws Exception {
    Path file = Files.writeString(folder.resolve("termination-log"), "something much longer than the message");
    TerminationMessage.write(file, "drain: 2 requests cut off");
    assertEquals("drain: 2 requests cut off", Files.readString(file));
  }

  @Test void makesNoFileWhereThereIsNone() {
    TerminationMessage.write(folder.resolve("absent"), "x");
    assertFalse(Files.exists(folder.resolve("absent")));
  }

  @Test void staysSilentWhereItCannotWrite() {
    TerminationMessage.write(folder, "a folder is no file");
  }

  @Test void cutsBetweenCharacters() {
    byte[] cut = TerminationMessage.cut("x" + "é".repeat(3000));
    assertEquals(4095, cut.length);
    assertTrue(new String(cut, StandardCharsets.UTF_8).endsWith("é"));
  }
}

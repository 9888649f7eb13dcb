package uservice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

class StackTest {
  static final class Endless extends RuntimeException {
    @Override public Throwable getCause() { return new Endless(); }
  }

  @Test void endsWhereCausesDoNot() {
    assertEquals(16, Stack.of(new Endless()).split("Caused by: ").length);
  }

  @Test void showsTheInnermostFramesOfADeepStack() {
    String[] methods = IntStream.range(0, 1000).mapToObj(i -> "m" + i).toArray(String[]::new);
    String stack = Stack.of(Records.at(new IOException(), methods));
    assertTrue(stack.contains("shop.Orders.m63(") && !stack.contains("shop.Orders.m64("), stack);
    assertTrue(stack.endsWith("\t... 936 more\n"), stack);
  }

  @Test void staysBoundedWhateverIsSuppressed() {
    var thrown = new IOException();
    String text = "x".repeat(100_000);
    for (int i = 0; i < 10_000; i++) {
      thrown.addSuppressed(new IOException(text));
    }
    int length = Stack.of(thrown).length();
    assertTrue(length < 200_000, () -> length + " characters");
  }
}

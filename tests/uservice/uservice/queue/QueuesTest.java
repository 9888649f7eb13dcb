package uservice.queue;

import module java.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import uservice.backend.Backends;
import uservice.config.Default;
import uservice.config.Doc;

final class QueuesTest {
  @Test void opensAQueueInMemory() throws Exception {
    try (var queue = Queues.open(Backends.uri("memory:"), QueueOptions.defaults());
        var other = Queues.open(Backends.uri("memory:"), QueueOptions.defaults())) {
      queue.submit(List.of(new Job("a", new byte[0])), Duration.ZERO);
      assertEquals(1, queue.stats().depth());
      assertEquals(0, other.stats().depth(), "each is a queue of its own");
    }
  }

  @Test void refusesWhatNoModuleServes() {
    String told = assertThrows(IllegalArgumentException.class, () -> Queues.require(URI.create("nats://:secret@db/1"))).getMessage();
    assertTrue(told.matches("unknown scheme 'nats', known here: ([a-z+]+, )*memory(, [a-z+]+)*"), told);
  }

  @Test void defaultsAreThoseOfTheAnnotations() throws Exception {
    for (var component : QueueOptions.class.getRecordComponents()) {
      var text = component.getAnnotation(Default.class).value();
      var value = component.getAccessor().invoke(QueueOptions.defaults());
      assertEquals(value instanceof Duration ? Duration.parse("PT" + text) : Integer.valueOf(text), value);
      assertTrue(component.getAnnotation(Doc.class).value().endsWith("."));
    }
  }

  @Test void saysWhetherARetryIsSafe() {
    var cause = new IOException("connection refused");
    assertEquals("redis://db:6379: unreachable: connection refused",
        QueueException.unreachable("redis://db:6379", cause).getMessage());
    assertTrue(QueueException.unreachable("x", cause).retrySafe());
    assertTrue(QueueException.unanswered("x", cause).retrySafe());
    assertFalse(QueueException.refused("x", "OOM").retrySafe());
    assertFalse(QueueException.closed("x").retrySafe());
  }
}

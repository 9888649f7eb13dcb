package uservice.hwaas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import uservice.queue.Delivery;
import uservice.queue.Job;

class OutputTest {
  private final List<String> writes = new ArrayList<>();
  private final OutputStream stream = new OutputStream() {
    @Override public void write(int b) { writes.add(Character.toString(b)); }

    @Override public void write(byte[] bytes, int from, int count) { writes.add(new String(bytes, from, count, UTF_8)); }
  };

  private record Given(Job job, int attempt) implements Delivery {}

  private static Delivery job(String id, String body) { return new Given(new Job(id, body.getBytes(UTF_8)), 1); }

  @Test void writesABatchAtOnceAndEachJobOnce() throws Exception {
    var output = new Output(stream, false);
    assertEquals(2, output.print(List.of(job("1", "a"), job("2", "b"), job("1", "a"))));
    assertEquals(1, output.print(List.of(job("2", "b"), job("3", "c"))));
    assertEquals(0, output.print(List.of(job("3", "c"))));
    assertEquals(List.of("a\nb\n", "c\n"), writes);
  }

  @Test void writesLineByLineOnATerminal() throws Exception {
    new Output(stream, true).print(List.of(job("1", "a"), job("2", "b")));
    assertEquals(List.of("a\n", "b\n"), writes);
  }

  @Test void aJobIsOneLineWhateverItHolds() throws Exception {
    new Output(stream, false).print(List.of(job("1", "a\nb\r\0\u001b[2J\u007fü€\t"), job("2", "")));
    assertEquals("a?b???[2J?ü€?\n\n", String.join("", writes));
  }

  @Test void bodiesAreCutNowhere() throws Exception {
    String large = "0123456789".repeat(5_000);
    new Output(stream, false).print(List.of(job("1", large), job("2", "b")));
    assertEquals(large + "\nb\n", String.join("", writes));
    assertTrue(writes.size() > 5, "in pieces that need no copy");
  }

  @Test void forgetsTheOldestFirst() throws Exception {
    var output = new Output(stream, false);
    for (int i = 0; i <= Output.KNOWN_MAX; i++) {
      assertEquals(1, output.print(List.of(job("id" + i, ""))));
    }
    assertEquals(0, output.print(List.of(job("id" + Output.KNOWN_MAX, ""))), "the latest is known");
    assertEquals(0, output.print(List.of(job("id1", ""))), "so is the oldest within the bound");
    assertEquals(1, output.print(List.of(job("id0", ""))), "the one before it is not");
  }

  @Test void afterAFailureNothingCountsAsPrinted() throws Exception {
    var failing = new OutputStream() {
      private int calls;

      @Override public void write(int b) {}

      @Override public void write(byte[] bytes, int from, int count) throws IOException {
        if (++calls == 2) {
          throw new IOException("Broken pipe");
        }
      }
    };
    var output = new Output(failing, false);
    assertEquals(1, output.print(List.of(job("1", "a"))));
    assertFalse(output.failed());
    var closed = assertThrows(IOException.class, () -> output.print(List.of(job("2", "b"))));
    assertTrue(Output.closed(closed));
    assertTrue(output.failed());
    assertThrows(IOException.class, () -> output.print(List.of(job("2", "b"))), "although the stream would take it now");
  }
}

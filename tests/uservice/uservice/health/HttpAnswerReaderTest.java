package uservice.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import testing.FaultyStream;

class HttpAnswerReaderTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static HttpCall.Answer read(String text) throws IOException {
    return HttpCall.read(HttpCall.Method.GET, FaultyStream.trickle(bytes(text)));
  }

  private static String refusal(String text) {
    return assertThrows(IOException.class, () -> read(text), text).getMessage();
  }

  @Test void readsABodyOfKnownLength() throws IOException {
    HttpCall.Answer answer = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhellomore");
    assertEquals(200, answer.status());
    assertEquals("hello", answer.text());
  }

  @Test void readsABodyThatEndsWithTheConnection() throws IOException {
    assertEquals("hello", read("HTTP/1.0 503 no\r\n\r\nhello").text());
    assertEquals(503, read("HTTP/1.1 503\r\n\r\n").status());
    assertEquals("x", read("HTTP/1.1 200 OK\n\nx").text());
  }

  @Test void readsChunks() throws IOException {
    assertEquals("hello, world", read("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n"
        + "5;a=b\r\nhello\r\n7\r\n, world\r\n0\r\nX: y\r\n\r\n").text());
  }

  @Test void passesOverInterimAnswers() throws IOException {
    assertEquals(204, read("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n").status());
  }

  @Test void readsNoBodyWhereThereIsNone() throws IOException {
    var head = HttpCall.read(HttpCall.Method.HEAD, new ByteArrayInputStream(bytes("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")));
    assertEquals(0, head.body().length);
    assertEquals(0, read("HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n").body().length);
  }

  @Test void cutsALargeBodyAtItsLimit() throws IOException {
    String large = "x".repeat(1 << 20);
    for (String head : List.of("Content-Length: 1048576\r\n\r\n", "\r\n", "Transfer-Encoding: chunked\r\n\r\n100000\r\n")) {
      var in = new ByteArrayInputStream(bytes("HTTP/1.1 200 OK\r\n" + head + large));
      assertEquals(HttpCall.BODY_BYTES_MAX, HttpCall.read(HttpCall.Method.GET, in).body().length, head);
    }
  }

  @Test void cutsManyChunksAtTheSameLimit() throws IOException {
    String chunks = ("3e8\r\n" + "x".repeat(1_000) + "\r\n").repeat(1_000);
    var in = new ByteArrayInputStream(bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n"));
    assertEquals(HttpCall.BODY_BYTES_MAX, HttpCall.read(HttpCall.Method.GET, in).body().length);
    assertTrue(in.available() > 900_000, "the rest is left unread");
  }

  @Test void refusesWhatIsNoAnswer() {
    assertEquals("not an HTTP/1.1 answer: 'SSH-2.0-OpenSSH_9'", refusal("SSH-2.0-OpenSSH_9\r\n"));
    assertEquals("not an HTTP/1.1 answer: '\\u0015\\u0003\\u0001'", refusal("\u0015\u0003\u0001\n"));
    for (String line : List.of("", "HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 2000 OK", "HTTP/2 200 OK", "HTTP/1.1 +20 OK", "HTTP/1.1 099 low",
        "HTTP/1.1 600 high", "HTTP/1.1  200 OK", "http/1.1 200 OK")) {
      assertEquals("not an HTTP/1.1 answer: '" + line + "'", refusal(line + "\r\n\r\n"));
    }
    for (String header : List.of("no colon", ": empty", "Content-Length: -1", "Content-Length: 1e3", "Content-Length: ",
        "Content-Length: 9999999999999999", "Content-Length: \u0664", "Transfer-Encoding: gzip, chunked")) {
      refusal("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n");
    }
    for (String chunk : List.of("", "g\r\n", "-1\r\n", "5\r\nhello!\r\n", "5\r\nhel", "ffffffffffffffff\r\n", "1" + " ".repeat(2000) + "\r\n")) {
      refusal("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk);
    }
  }

  @Test void refusesAHeadWithoutEnd() {
    assertEquals("answer's head is longer than 16384 bytes", refusal("HTTP/1.1 200 OK\r\nX: " + "y".repeat(1 << 20)));
    assertEquals("answer's head is longer than 16384 bytes", refusal("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(1 << 16)));
    assertEquals("answer's head is longer than 16384 bytes", refusal("HTTP/1.1 100 Continue\r\n\r\n".repeat(1 << 12)));
  }

  /// Cut or broken at every byte it is a failure, never half an answer.
  @Test void refusesAnAnswerCutAtEveryByte() throws IOException {
    for (String text : List.of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")) {
      for (int cut = 0; cut < text.length(); cut++) {
        int at = cut;
        assertThrows(IOException.class, () -> HttpCall.read(HttpCall.Method.GET, FaultyStream.endingAt(bytes(text), at)), "cut at " + cut);
        assertThrows(IOException.class, () -> HttpCall.read(HttpCall.Method.GET, FaultyStream.failingAt(bytes(text), at)), "broken at " + cut);
      }
      assertEquals("hello", read(text).text());
    }
  }

  @Test void survivesRandomBytes() {
    var random = new Random(42);
    byte[] seed = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    for (int i = 0; i < 50_000; i++) {
      byte[] mutant = seed.clone();
      for (int hits = random.nextInt(6); hits >= 0; hits--) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
      }
      try {
        HttpCall.read(random.nextBoolean() ? HttpCall.Method.HEAD : HttpCall.Method.GET, new ByteArrayInputStream(mutant));
      } catch (IOException refused) {
        // The only way to fail.
      }
    }
  }
}

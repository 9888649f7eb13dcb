package uservice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import com.sun.net.httpserver.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTest {
  @Test void isNotChangedByWhatIsMadeFromIt() {
    Reply plain = Reply.text("hi");
    Reply more = plain.status(201).header("Location", "/a");
    assertEquals(200, plain.status());
    assertTrue(plain.header("Location").isEmpty());
    assertEquals(201, more.status());
    assertEquals("/a", more.header("location").orElseThrow());
    assertEquals("text/plain; charset=utf-8", more.header("Content-Type").orElseThrow());
  }

  @Test void keepsSeveralLinesOfAField() {
    var headers = new Headers();
    Reply.text("").header("Set-Cookie", "a=1").header("set-cookie", "b=2").header("Content-Type", "text/html").fields().putInto(headers);
    assertEquals(List.of("a=1", "b=2"), headers.get("Set-Cookie"));
    assertEquals(List.of("text/html"), headers.get("Content-Type"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX: y", "a\nb", "a\rb", "\0", "a\u007f", "\u20ac", "a\r\n b"})
  void refusesValuesThatCouldEndTheLine(String value) {
    assertThrows(IllegalArgumentException.class, () -> Reply.text("").header("X-Name", value));
    assertThrows(IllegalArgumentException.class, () -> Reply.bytes(value, new byte[0]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:", "a\r\n", "\u00e4"})
  void refusesNamesThatAreNoTokens(String name) {
    assertThrows(IllegalArgumentException.class, () -> Reply.text("").header(name, "x"));
  }

  @ParameterizedTest
  @CsvSource({"Content-Length, 3", "content-length, 3", "Transfer-Encoding, chunked", "Connection, keep-alive", "Date, now", "Keep-Alive, 3"})
  void refusesFieldsOfTheServersOwn(String name, String value) {
    assertThrows(IllegalArgumentException.class, () -> Reply.text("").header(name, value));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 101, 199, 600, -1})
  void refusesStatusesThatAreNoAnswer(int status) {
    assertThrows(IllegalArgumentException.class, () -> Reply.of(status));
    assertThrows(IllegalArgumentException.class, () -> Reply.problem(status, "", ""));
  }

  @Test void writesProblemsAsTheStandardHasThem() {
    Reply problem = Reply.problem(404, "Not Found", "no order '7\"'");
    assertEquals("application/problem+json", problem.header("Content-Type").orElseThrow());
    assertEquals("""
        {"type":"about:blank","title":"Not Found","status":404,"detail":"no order '7\\"'","instance":"/orders/7"}""",
        new String(problem.bytes("/orders/7"), StandardCharsets.UTF_8));
  }

  @Test void writesPlainValuesAsJson() {
    record Order(String id, int lines) {}
    assertEquals("{\"id\":\"7\",\"lines\":2}", new String(Reply.json(new Order("7", 2)).bytes("/"), StandardCharsets.UTF_8));
  }
}

package uservice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  @ParameterizedTest
  @ValueSource(strings = {"/", "/a", "/a/", "/a/b.c", "/...", "/.a", "/a.", "/..a/b", "/a%20b", "/%2e%2e%2e", "/%2ea", "/a;v=1", "/~x", "/%C3%A4"})
  void hasNothingAgainstPlainPaths(String path) {
    assertNull(Target.fault(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/.", "/..", "/./", "/a/../b", "/a/.", "/a/..", "/%2e", "/%2E.", "/.%2e/x", "/a/%2e%2e"})
  void refusesDotSegments(String path) {
    assertEquals("the path has a dot segment", Target.fault(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"//", "/a//b", "/a//", "//a"})
  void refusesEmptySegments(String path) {
    assertEquals("the path has an empty segment", Target.fault(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a%2fb", "/a%2F", "/%5c", "/%5C..", "/%00"})
  void refusesEncodedSlashesBackslashesAndNuls(String path) {
    assertEquals("the path has an encoded slash, backslash or NUL", Target.fault(path));
  }

  @Test void refusesCharactersBeyondAscii() {
    assertEquals("the path has a character that must be encoded", Target.fault("/\u00e4"));
  }

  @Test void decodesUtf8() {
    assertEquals("ä b+c", Target.decoded("%C3%a4%20b+c", false));
    assertEquals("ä b c", Target.decoded("%C3%A4%20b+c", true));
    assertEquals("ä", Target.decoded("\u00c3\u00a4", true), "raw octets, read as Latin-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%C3", "%ff", "a%C0%AF", "%ED%A0%80"})
  void refusesWhatIsNotUtf8(String text) {
    assertEquals(400, assertThrows(ProblemException.class, () -> Target.decoded(text, false)).reply().status());
  }

  @Test void findsTheParametersOfAQuery() {
    String query = "a=1&b=&verbose&a=2%263&c=x=y&=none&%61=4&ab=5&+=6";
    assertEquals(List.of("1", "2&3", "4"), Target.values(query, "a"));
    assertEquals(List.of(""), Target.values(query, "b"));
    assertEquals(List.of(""), Target.values(query, "verbose"));
    assertEquals(List.of("x=y"), Target.values(query, "c"));
    assertEquals(List.of("6"), Target.values(query, " "));
    assertEquals(List.of(), Target.values(query, "d"));
    assertEquals(List.of(), Target.values(query, "verb"));
    assertEquals(List.of(), Target.values(null, "a"));
    assertEquals(List.of(), Target.values("", "a"));
  }
}

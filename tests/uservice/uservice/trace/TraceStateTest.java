package uservice.trace;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceStateTest {
  @Test void handsOnWhatCameInItsOrder() {
    assertEquals("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", TraceState.of(List.of("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")));
  }

  @Test void joinsSeveralFields() {
    assertEquals("a=1,b=2,c=3", TraceState.of(List.of("a=1", " b=2 ,\tc=3")));
  }

  @Test void leavesOutEmptyMembers() {
    assertEquals("a=1,b=2", TraceState.of(List.of(",a=1, ,,b=2,", "")));
    assertEquals("", TraceState.of(List.of("", " ,")));
    assertEquals("", TraceState.of(List.of()));
  }

  @ParameterizedTest @ValueSource(strings = {"a=1", "0a=1", "t@v=1", "a_-*/@z9=!~ x", "a=\"x;y\""})
  void takesTheMembersOfTheSpecification(String member) {
    assertEquals(member, TraceState.of(List.of(member)));
  }

  @ParameterizedTest @ValueSource(strings = {"a", "=1", "a=", "A=1", "_a=1", "a b=1", "a=b=c", "a=\u00e9", "a=\u0001", "a=x\ty", "\u00e9=1", "a =1", "ok=1,a", "ok=1,A=1"})
  void dropsAllOfItWhereAnythingIsWrong(String field) {
    assertEquals("", TraceState.of(List.of(field)));
  }

  @Test void knowsTheLongestKeyAndValue() {
    String value = "v".repeat(256);
    assertEquals("a=" + value, TraceState.of(List.of("a=" + value)));
    assertEquals("", TraceState.of(List.of("a=" + value + "v")));
    String key = "k".repeat(256);
    assertEquals(key + "=1", TraceState.of(List.of(key + "=1")));
    assertEquals("", TraceState.of(List.of(key + "k=1")));
  }

  @Test void takes32MembersAndNoMore() {
    String all = IntStream.range(0, 32).mapToObj(i -> "k" + i + "=1").collect(Collectors.joining(","));
    assertEquals(all, TraceState.of(List.of(all)));
    assertEquals("", TraceState.of(List.of(all + ",k32=1")));
  }

  @Test void handsOn512Characters() {
    String all = IntStream.range(0, 4).mapToObj(i -> "k" + i + "=" + "v".repeat(i == 3 ? 122 : 125)).collect(Collectors.joining(","));
    assertEquals(512, all.length());
    assertEquals(all, TraceState.of(List.of(all)));
  }

  @Test void losesLongMembersFirstThenTheRightmost() {
    String longOne = "long=" + "v".repeat(124); // 129 characters
    String small = IntStream.range(0, 20).mapToObj(i -> "key%02d=%s".formatted(i, "v".repeat(14))).collect(Collectors.joining(",")); // 20 * 21 - 1
    assertEquals(small, TraceState.of(List.of(longOne + "," + small)), "the long one goes although it stands first");
    String more = IntStream.range(0, 30).mapToObj(i -> "key%02d=%s".formatted(i, "v".repeat(14))).collect(Collectors.joining(","));
    assertEquals(more.substring(0, 24 * 21 - 1), TraceState.of(List.of(more)), "24 of them fit into 512");
    String exact = "e".repeat(3) + "=" + "v".repeat(124); // 128 characters are not long
    String four = String.join(",", exact, exact, exact, exact);
    assertEquals(String.join(",", exact, exact, exact), TraceState.of(List.of(four)));
  }
}

package uservice.trace;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;

class BaggageTest {
  @Test void handsOnWhatCame() {
    assertEquals("userId=alice,serverNode=DF%2028,isProduction=false;ttl=3", Baggage.of(List.of("userId=alice,serverNode=DF%2028,isProduction=false;ttl=3")));
    assertEquals("a=1,b=2", Baggage.of(List.of("a=1", " b=2 ")));
  }

  @Test void leavesOutWhatIsNoMember() {
    assertEquals("a=1,c=3", Baggage.of(List.of("a=1,b,=2,b d=2,c=3,\u00e9=1,d=\u00e9,e=\u0001")));
    assertEquals("", Baggage.of(List.of()));
  }

  @Test void decodesNamesAndValues() {
    assertEquals(Map.of("a", "x y", "b", "\u00e9\u20ac", "c", ""), Baggage.decode("a=x%20y;p=1,b = %C3%A9%e2%82%ac ;q,c="));
    assertEquals(Map.of("a", "2"), Baggage.decode("a=1,a=2"));
    assertEquals(Map.of(), Baggage.decode(""));
  }

  @Test void decodesWhatIsNoUtf8AsReplacement() {
    assertEquals(Map.of("a", "\ufffd", "b", "100%", "c", "%zz"), Baggage.decode("a=%ff,b=100%,c=%zz"));
  }

  @Test void takes64MembersAnd8192Bytes() {
    String all = IntStream.range(0, 64).mapToObj(i -> "k" + i + "=1").collect(Collectors.joining(","));
    assertEquals(all, Baggage.of(List.of(all)));
    assertEquals(all, Baggage.of(List.of(all + ",more=1")));
    String whole = "a=" + "v".repeat(8190);
    assertEquals(whole, Baggage.of(List.of(whole)));
    assertEquals("b=1", Baggage.of(List.of(whole + "v,b=1")));
  }
}

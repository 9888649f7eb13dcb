package uservice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
    "orders            | must begin with a slash",
    "\"\"              | must begin with a slash",
    "/a//b             | has an empty segment, which no request has",
    "/a/../b           | has a segment '..', which no request has",
    "/.                | has a segment '.', which no request has",
    "/{}               | has a parameter '{}', a name is letters, digits and '_'",
    "/{a-b}            | has a parameter '{a-b}', a name is letters, digits and '_'",
    "/{...}            | has a parameter '{...}', a name is letters, digits and '_'",
    "/{a...}/b         | has '{a...}' before its end",
    "/{a}/{a}          | has two parameters 'a'",
    "/{a}/{a...}       | has two parameters 'a'",
    "/v{id}            | has a parameter that is not a whole segment: 'v{id}'",
    "/{id}.json        | has a parameter that is not a whole segment: '{id}.json'",
    "/a b              | has ' ', which a path does not hold; take a parameter",
    "/a%20b            | has '%', which a path does not hold; take a parameter",
    "/a?b              | has '?', which a path does not hold; take a parameter",
    "/ä                | has 'ä', which a path does not hold; take a parameter",
  })
  void refusesWhatIsNoPattern(String text, String why) {
    var refused = assertThrows(IllegalArgumentException.class, () -> Pattern.parse(text));
    assertEquals("route '" + text + "' " + why, refused.getMessage());
  }

  @Test void findsParametersByTheirPlace() {
    var pattern = Pattern.parse("/shops/{shop}/orders/{order}/{rest...}");
    String path = "/shops/7/orders/a%20b/x/y";
    assertEquals("7", pattern.raw("shop", path));
    assertEquals("a%20b", pattern.raw("order", path));
    assertEquals("x/y", pattern.raw("rest", path));
    assertEquals("", pattern.raw("rest", "/shops/7/orders/8/"));
    assertEquals("route /shops/{shop}/orders/{order}/{rest...} has no parameter 'orders'",
        assertThrows(IllegalArgumentException.class, () -> pattern.raw("orders", path)).getMessage());
  }
}

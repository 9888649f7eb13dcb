package uservice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

class RouterTest {
  private static final List<String> PATTERNS = List.of("/", "/a", "/b", "/{p}", "/{r...}", "/a/", "/a/b", "/a/{p}", "/{p}/b", "/{p}/{q}",
      "/a/{r...}", "/{p}/b/a", "/a/{p}/a", "/{p}/{r...}");

  @Test void agreesWithANaiveModelOnEverySetOfUpToThreePatterns() {
    List<String> paths = paths();
    int sets = 0;
    for (int i = 0; i < PATTERNS.size(); i++) {
      for (int j = i; j < PATTERNS.size(); j++) {
        for (int k = j; k < PATTERNS.size(); k++) {
          for (int methods = 0; methods < 8; methods++) {
            var routes = new ArrayList<Route>();
            int[] chosen = {i, j, k};
            for (int n = 0; n < 3; n++) {
              if (n == 0 || chosen[n] != chosen[n - 1]) {
                routes.add(route((methods & 1 << n) == 0 ? Method.GET : Method.POST, PATTERNS.get(chosen[n])));
              }
            }
            compare(routes, paths);
            sets++;
          }
        }
      }
    }
    assertEquals(8 * 560, sets);
  }

  @Test void agreesWithANaiveModelOnAllPatternsAtOnce() {
    compare(PATTERNS.stream().map(pattern -> route(Method.GET, pattern)).toList(), paths());
  }

  private static void compare(List<Route> routes, List<String> paths) {
    var router = new Router(routes);
    for (String path : paths) {
      for (Method method : List.of(Method.GET, Method.HEAD, Method.POST)) {
        assertEquals(naive(routes, method, path), router.find(method, path), () -> method + " " + path + " among " + routes);
      }
      int allowed = 0;
      for (Route route : routes) {
        if (matches(route, path)) {
          allowed |= route.method().bit() | (route.method() == Method.GET ? Method.HEAD.bit() : 0);
        }
      }
      assertEquals(allowed, router.allowed(path), () -> path + " among " + routes);
    }
  }

  /// The best of all that match: the first segment where two differ decides, by its kind.
  private static Route naive(List<Route> routes, Method method, String path) {
    return routes.stream()
        .filter(route -> route.method() == method || method == Method.HEAD && route.method() == Method.GET)
        .filter(route -> matches(route, path))
        .min(Comparator.comparing(route -> kinds(route, path)))
        .orElse(null);
  }

  private static String kinds(Route route, String path) {
    return route.parsed().segments().stream().map(segment -> "" + segment.kind().ordinal()).collect(Collectors.joining());
  }

  private static boolean matches(Route route, String path) {
    String expression = route.pattern().replaceAll("\\{\\w+\\.\\.\\.\\}", ".*").replaceAll("\\{\\w+\\}", "[^/]+");
    return path.matches(expression);
  }

  private static List<String> paths() {
    var paths = new ArrayList<String>();
    for (String a : List.of("", "a", "b", "aa")) {
      paths.add("/" + a);
      if (!a.isEmpty()) {
        for (String b : List.of("", "a", "b", "c")) {
          paths.add("/" + a + "/" + b);
          if (!b.isEmpty()) {
            for (String c : List.of("", "a", "b")) {
              paths.add("/" + a + "/" + b + "/" + c);
            }
          }
        }
      }
    }
    return paths;
  }

  @Test void goesOnWhereTheBetterBranchHasNoSuchMethod() {
    var create = route(Method.POST, "/orders/{id}");
    var router = new Router(List.of(route(Method.GET, "/orders/new"), create));
    assertEquals(create, router.find(Method.POST, "/orders/new"));
    assertEquals("GET, HEAD, POST, OPTIONS", Method.allow(router.allowed("/orders/new")));
  }

  @Test void comparesPathsAsTheyCame() {
    var router = new Router(List.of(route(Method.GET, "/livez")));
    for (String other : List.of("/livezfoo", "/live", "/livez/", "/%6civez", "/LIVEZ", "/", "/x/livez")) {
      assertNull(router.find(Method.GET, other), other);
    }
  }

  @Test void findsEachOfManyLiterals() {
    var routes = IntStream.range(0, 500).mapToObj(i -> route(Method.GET, "/r" + i * 7 + "/x")).toList();
    var router = new Router(routes);
    for (Route route : routes) {
      assertEquals(route, router.find(Method.GET, route.pattern()));
    }
    assertNull(router.find(Method.GET, "/r1/x"));
  }

  @Test void refusesTwoRoutesForTheSameRequests() {
    var web = new Web();
    web.get("/orders/{id}", _ -> Reply.of(200));
    web.delete("/orders/{name}", _ -> Reply.of(200));
    var clash = assertThrows(IllegalArgumentException.class, () -> web.get("/orders/{number}", _ -> Reply.of(200)));
    assertEquals("route GET /orders/{number} answers the same requests as GET /orders/{id}", clash.getMessage());
    assertEquals(Method.GET.bit() | Method.HEAD.bit() | Method.DELETE.bit(), web.router().allowed("/orders/7"), "the clash changed nothing");
    web.get("/files/{rest...}", _ -> Reply.of(200));
    assertThrows(IllegalArgumentException.class, () -> web.get("/files/{path...}", _ -> Reply.of(200)));
  }

  @Test void refusesMethodsItDoesNotKnow() {
    var refused = assertThrows(IllegalArgumentException.class, () -> new Web().route("BREW", "/pot", _ -> Reply.of(200)));
    assertEquals("route '/pot' has method 'BREW', one of [GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS]", refused.getMessage());
  }

  @Test void isEmptyUntilThereIsARoute() {
    var web = new Web();
    assertTrue(web.isEmpty());
    web.patch("/a", _ -> Reply.of(200));
    assertTrue(!web.isEmpty());
  }

  private static Route route(Method method, String pattern) {
    return new Route(method, Pattern.parse(pattern), _ -> Reply.of(200));
  }
}

package uservice.http;

import module java.base;

/// Finds the route for a path: a tree with a level for each segment. Immutable; allocates nothing
/// while it looks.
///
/// On each level a literal goes before a parameter, a parameter before a rest; where a branch leads
/// nowhere, or has no route of that method, the next one is tried. Each node is visited at most
/// once.
final class Router {
  private static final Route[] NONE = new Route[Method.values().length];

  private final Node root = new Node();

  /// @throws IllegalArgumentException if two of the routes would answer the same requests
  Router(List<Route> routes) { routes.forEach(this::add); }

  private void add(Route route) {
    Node node = root;
    for (Pattern.Segment segment : route.parsed().segments()) {
      if (segment.kind() == Pattern.Kind.REST) {
        node.rest = with(node.rest, route);
        return;
      }
      node = segment.kind() == Pattern.Kind.LITERAL ? node.literal(segment.name()) : node.parameter();
    }
    node.here = with(node.here, route);
  }

  private static Route[] with(Route[] routes, Route route) {
    int index = route.method().ordinal();
    if (routes[index] != null) {
      throw new IllegalArgumentException(
          "route " + route + " answers the same requests as " + routes[index]);
    }
    Route[] more = routes.clone();
    more[index] = route;
    return more;
  }

  /// The route for a path that [Target#fault(String)] has nothing against, or null.
  Route find(Method method, String path) { return find(root, method, path, 1); }

  private static Route find(Node node, Method method, String path, int from) {
    int slash = path.indexOf('/', from);
    int to = slash < 0 ? path.length() : slash;
    Node literal = node.child(path, from, to);
    Route found = literal == null ? null : descend(literal, method, path, slash);
    if (found == null && node.parameter != null && to > from) {
      found = descend(node.parameter, method, path, slash);
    }
    return found != null ? found : pick(node.rest, method);
  }

  private static Route descend(Node child, Method method, String path, int slash) {
    return slash < 0 ? pick(child.here, method) : find(child, method, path, slash + 1);
  }

  private static Route pick(Route[] routes, Method method) {
    Route route = routes[method.ordinal()];
    return route == null && method == Method.HEAD ? routes[Method.GET.ordinal()] : route;
  }

  /// The methods that have a route for this path, as [Method#bit()]s.
  int allowed(String path) {
    int bits = 0;
    for (Method method : Method.values()) {
      if (find(method, path) != null) {
        bits |= method.bit();
      }
    }
    return bits;
  }

  /// A place in the tree: what ends here, and where it goes on.
  private static final class Node {
    private String[] names = {}; // sorted by `order`
    private Node[] children = {};
    private Node parameter;
    private Route[] here = NONE;
    private Route[] rest = NONE;

    Node child(String path, int from, int to) {
      int low = 0;
      int high = names.length - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        int order = order(names[middle], path, from, to);
        if (order == 0) {
          return children[middle];
        }
        if (order < 0) {
          low = middle + 1;
        } else {
          high = middle - 1;
        }
      }
      return null;
    }

    /// By length, then by characters.
    private static int order(String name, String path, int from, int to) {
      int order = name.length() - (to - from);
      for (int i = 0; order == 0 && i < name.length(); i++) {
        order = name.charAt(i) - path.charAt(from + i);
      }
      return order;
    }

    Node literal(String name) {
      Node there = child(name, 0, name.length());
      if (there != null) {
        return there;
      }
      int at = 0;
      while (at < names.length && order(names[at], name, 0, name.length()) < 0) {
        at++;
      }
      var node = new Node();
      names = inserted(names, name, at);
      children = inserted(children, node, at);
      return node;
    }

    private static <T> T[] inserted(T[] array, T item, int at) {
      T[] more = Arrays.copyOf(array, array.length + 1);
      System.arraycopy(array, at, more, at + 1, array.length - at);
      more[at] = item;
      return more;
    }

    Node parameter() {
      if (parameter == null) {
        parameter = new Node();
      }
      return parameter;
    }
  }
}

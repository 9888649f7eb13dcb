package uservice.http;

import module java.base;

/// The methods that routes can have. Others are answered before the router: 405 where the standard
/// knows them (TRACE, CONNECT), else 501.
enum Method {
  GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS;

  /// The label of any method that is not in the list, so that clients cannot make up series.
  static final String OTHER = "_OTHER";

  private static final Method[] ALL = values();

  /// The method of that name, or null.
  static Method of(String name) {
    return switch (name) {
      case "GET" -> GET;
      case "HEAD" -> HEAD;
      case "POST" -> POST;
      case "PUT" -> PUT;
      case "DELETE" -> DELETE;
      case "PATCH" -> PATCH;
      case "OPTIONS" -> OPTIONS;
      default -> null;
    };
  }

  int bit() { return 1 << ordinal(); }

  /// Whether requests of this method have a body where the route does not say otherwise.
  boolean takesBody() { return this == POST || this == PUT || this == PATCH; }

  /// The value of `Allow` for a set of [#bit()]s: HEAD comes with GET, OPTIONS with anything.
  static String allow(int bits) {
    int all = bits | OPTIONS.bit() | ((bits & GET.bit()) != 0 ? HEAD.bit() : 0);
    var allow = new StringJoiner(", ");
    for (Method method : ALL) {
      if ((all & method.bit()) != 0) {
        allow.add(method.name());
      }
    }
    return allow.toString();
  }
}

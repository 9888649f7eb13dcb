package uservice.manifest;

import module java.base;
import uservice.config.HostPort;

/// A server that the configuration names.
///
/// @param key where it is named
/// @param scheme `redis`, `http` …; empty for a bare `host:port`
/// @param open whether nothing about it is secret
/// @param text its address as it is configured; empty where it is not open
record Peer(String key, String scheme, String host, int port, boolean open, String text) {
  private static final Map<String, Integer> PORTS = Map.of("http", 80, "https", 443, "redis", 6379, "rediss", 6379,
      "postgres", 5432, "postgresql", 5432, "kafka", 9092, "kafkas", 9093);

  private static final Pattern PLACE = Pattern.compile("([^:\\[\\]]+|\\[[0-9A-Fa-f:.]+\\])(?::([0-9]{1,5}))?");

  /// All that a tree of values names, in its order, the secret ones too.
  static List<Peer> of(Map<String, Object> values) {
    var peers = new ArrayList<Peer>();
    walk(values, "", peers);
    return List.copyOf(peers);
  }

  private static void walk(Object value, String key, List<Peer> peers) {
    switch (value) {
      case Map<?, ?> map -> map.forEach((name, each) -> walk(each, key.isEmpty() ? (String) name : key + "." + name, peers));
      case List<?> list -> list.forEach(each -> walk(each, key, peers));
      case HostPort at -> peers.add(new Peer(key, "", at.host(), at.port(), true, at.toString()));
      case URI uri -> address(uri, key, !Carried.tells(uri.toString()), peers);
      case uservice.config.Secret secret -> {
        try {
          address(new URI(secret.reveal()), key, false, peers);
        } catch (URISyntaxException no) {
          // A secret of another kind names no server.
        }
      }
      default -> { }
    }
  }

  /// An address may name several: `kafka://one:9092,two:9092`.
  private static void address(URI uri, String key, boolean open, List<Peer> peers) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    String authority = String.valueOf(uri.getRawAuthority());
    if (uri.getRawAuthority() == null || scheme.startsWith("unix")) {
      return;
    }
    for (String one : authority.substring(authority.lastIndexOf('@') + 1).split(",")) {
      Matcher parts = PLACE.matcher(one);
      if (parts.matches()) {
        int port = parts.group(2) == null ? PORTS.getOrDefault(scheme, 0) : Integer.parseInt(parts.group(2));
        if (port > 0) {
          peers.add(new Peer(key, scheme, parts.group(1), port, open, open ? uri.toString() : ""));
        }
      }
    }
  }

  /// Whether its name is one word, which is no address.
  boolean neighbour() {
    return host.matches("[A-Za-z][A-Za-z0-9_-]*");
  }

  /// Whether it is in this pod, or this container.
  boolean here() {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]") || host.equals("::1") || host.isEmpty();
  }
}

package uservice.kafka;

/// Where a broker listens. Those of a URI, whose ids nobody knows yet, have negative ones.
record Node(int id, String host, int port) {
  /// `host:port`.
  @Override public String toString() { return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port; }
}

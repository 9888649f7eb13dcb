package uservice.grpc;

/// A header field, its octets as Latin-1 characters.
record HeaderField(String name, String value) {
  /// What a field costs beside its octets, in the sizes that HPACK and HTTP/2 limit (RFC 7541, section 4.1).
  static final int OVERHEAD = 32;

  int size() { return name.length() + value.length() + OVERHEAD; }
}

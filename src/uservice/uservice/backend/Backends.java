package uservice.backend;

import module java.base;

import uservice.config.NearestName;

/// Chooses the backend for a URI.
public final class Backends {
  private static final Map<String, String> MODULES = Map.of(
      "redis", "uservice.redis", "rediss", "uservice.redis", "redis+unix", "uservice.redis",
      "postgres", "uservice.postgres", "postgresql", "uservice.postgres",
      "kafka", "uservice.kafka", "kafkas", "uservice.kafka");

  private Backends() {}

  /// The URI of an address as people write it. A scheme alone, `memory:`, which [URI] refuses, becomes `memory:/`.
  /// What is no URI is an [IllegalArgumentException] that does not repeat it, for there may be a password in it.
  public static URI uri(String address) {
    try {
      return new URI(address.endsWith(":") ? address + "/" : address);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a URI: " + e.getReason() + " at index " + e.getIndex());
    }
  }

  /// The backend that serves the URI's scheme: `own` if it does, else the first of the `others`, which are only looked
  /// at then. An [IllegalArgumentException] says what is missing, without showing more of the URI than its scheme.
  public static <B extends Backend> B find(URI uri, B own, Iterable<? extends B> others) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (own.schemes().contains(scheme)) {
      return own;
    }
    var known = new TreeSet<>(own.schemes());
    for (B other : others) {
      if (other.schemes().contains(scheme)) {
        return other;
      }
      known.addAll(other.schemes());
    }
    throw new IllegalArgumentException(absent(scheme, known));
  }

  private static String absent(String scheme, Set<String> known) {
    String listed = ", known here: " + String.join(", ", known);
    if (scheme.isEmpty()) {
      return "a URI without a scheme" + listed;
    }
    if (MODULES.containsKey(scheme)) {
      return "'" + scheme + "://…' needs module " + MODULES.get(scheme) + ", which is not in this image";
    }
    var names = new TreeSet<>(known);
    names.addAll(MODULES.keySet());
    return "unknown scheme '" + scheme + "'" + listed
        + NearestName.of(scheme, names).map(name -> ", did you mean '" + name + "'?").orElse("");
  }
}

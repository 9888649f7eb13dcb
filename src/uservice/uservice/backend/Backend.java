package uservice.backend;

import module java.base;

/// What opens something for the URIs of some schemes.
public interface Backend {
  /// The schemes served, in lower case, without the colon.
  Set<String> schemes();
}

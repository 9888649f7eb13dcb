package uservice.config;

import module java.base;

/// What a setting is where nobody sets it, written as in the configuration file.
///
/// A scalar's default is its text (`"5s"`, `"8079"`), a list's, map's or record's is YAML (`"[a, b]"`). It is read by the
/// same code as the file and checked when the schema is built. `$` has no meaning in it.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
  /// The text.
  String value();
}

package uservice.config;

import module java.base;

/// A regular expression ([java.util.regex.Pattern]) that the whole text of a `String` or [Secret] must match.
///
/// On a `List`, `Map` or `Optional` it holds for each value in it. It costs the regular expression engine at start;
/// a compact constructor that throws `IllegalArgumentException` is the cheaper check.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Pattern {
  /// The expression.
  String value();
}

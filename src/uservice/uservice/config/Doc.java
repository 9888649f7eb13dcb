package uservice.config;

import module java.base;

/// One sentence on what a setting is for; it stands in `uservice schema`, the README's table and the editor's hint.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Doc {
  /// The sentence, with its full stop.
  String value();
}

package uservice.config;

import module java.base;

/// The least and the greatest value of a number, both included.
///
/// On a `Duration` the bounds are milliseconds, on a [Size] bytes; on a `List`, `Map` or `Optional` they hold for
/// each value in it.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Range {
  /// The least value allowed.
  long min() default Long.MIN_VALUE;

  /// The greatest value allowed.
  long max() default Long.MAX_VALUE;
}

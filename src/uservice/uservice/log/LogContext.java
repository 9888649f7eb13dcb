package uservice.log;

import module java.base;

/// Fields that follow the thread of work: every line that is logged inside carries them.
///
/// ```java
/// LogContext.with(Field.of("order_id", 7)).run(() -> pack(order));
/// ```
///
/// They are inherited by the subtasks of a structured scope, and by no other thread. Whoever has a span puts its `trace_id`
/// and `span_id` here; a field of that name among a line's parameters does not replace them, but is `_trace_id`.
public final class LogContext {
  private static final Field[] NONE = {};
  private static final ScopedValue<Field[]> FIELDS = ScopedValue.newInstance();

  private LogContext() {}

  /// Adds `fields` to those of the present context, for what the carrier runs or calls. Of two with one name the inner stands.
  public static ScopedValue.Carrier with(Field... fields) {
    Field[] outer = fields();
    Field[] all = Arrays.copyOf(outer, outer.length + fields.length);
    for (int i = 0; i < fields.length; i++) {
      all[outer.length + i] = Objects.requireNonNull(fields[i], "field");
    }
    return ScopedValue.where(FIELDS, all);
  }

  /// The fields of the present context, outermost first; not to be changed.
  static Field[] fields() {
    return FIELDS.orElse(NONE);
  }
}

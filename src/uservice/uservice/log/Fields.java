package uservice.log;

import module java.base;
import java.util.logging.LogRecord;

/// The caller's own fields on one line: those of the context, then those among the parameters, each name once. Kept and
/// filled again, for one thread at a time.
final class Fields {
  /// How many there may be; more are only counted.
  static final int MAX = 64;

  /// Stands for the number of fields that did not get on the line.
  static final String CUT = "fields_cut";

  private static final Set<String> FIXED = Set.of("time", "level", "logger", "message", "service", "thread", "error", CUT);
  private static final Set<String> SPAN = Set.of("trace_id", "span_id");

  private final List<Field> fields = new ArrayList<>();
  private int cut;

  /// Adds the fields of `record`, which this thread logs.
  void collect(LogRecord record) {
    for (Field field : LogContext.fields()) {
      add(field, field.name());
    }
    boolean span = !fields.isEmpty();
    Object[] parameters = record.getParameters();
    for (int i = 0; parameters != null && i < parameters.length; i++) {
      if (parameters[i] instanceof Field field) {
        add(field, span && SPAN.contains(field.name()) && indexOf(field.name()) >= 0 ? "_".concat(field.name()) : field.name());
      }
    }
  }

  /// Lets go of all, so that what is kept keeps nothing of the caller's alive.
  void clear() {
    fields.clear();
    cut = 0;
  }

  int count() { return fields.size(); }

  Field get(int i) { return fields.get(i); }

  /// How many did not find room.
  int cut() { return cut; }

  private void add(Field given, String wanted) {
    String name = FIXED.contains(wanted) ? "_".concat(wanted) : wanted;
    Field field = name.equals(given.name()) ? given : Field.of(name, given.value());
    int at = indexOf(name);
    if (at >= 0) {
      fields.set(at, field);
    } else if (fields.size() < MAX) {
      fields.add(field);
    } else {
      cut++;
    }
  }

  private int indexOf(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}

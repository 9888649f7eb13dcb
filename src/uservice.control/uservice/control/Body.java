package uservice.control;

import module java.base;
import uservice.config.NearestName;
import uservice.http.ProblemException;
import uservice.http.Request;
import uservice.json.Json;
import uservice.json.JsonException;

/// The JSON of a request, read with patience for the caller: what is wrong is said with what would be right.
///
/// Each reader takes one member; [#end()] refuses those that nobody took.
final class Body {
  private final String where;
  private final Map<String, Json> members;
  private final Set<String> known = new LinkedHashSet<>();

  private Body(String where, Map<String, Json> members) {
    this.where = where;
    this.members = members;
  }

  /// The object that the request brings; one without members where it brings nothing.
  static Body object(Request request) {
    byte[] bytes = request.body();
    return bytes.length == 0 ? new Body("", Map.of()) : of("", parse(bytes));
  }

  /// `json`, which must be an object; `where` says which one, in front of each problem.
  static Body of(String where, Json json) {
    if (!(json instanceof Json.Obj object)) {
      throw wrong(where, "expected a JSON object, found " + kind(json));
    }
    return new Body(where, object.members());
  }

  /// The JSON in `bytes`.
  static Json parse(byte[] bytes) {
    try {
      return Json.parse(bytes);
    } catch (JsonException broken) {
      throw new ProblemException(400, "the body is no JSON: " + broken.getMessage(), broken);
    }
  }

  boolean has(String name) {
    known.add(name);
    return members.containsKey(name);
  }

  /// The member, if there is one that is not null.
  Optional<Json> get(String name) {
    known.add(name);
    return Optional.ofNullable(members.get(name)).filter(value -> !(value instanceof Json.Null));
  }

  Optional<Boolean> bool(String name) {
    return get(name).map(value -> value instanceof Json.Bool(boolean is) ? is : fail(name, "true or false", value));
  }

  Optional<String> text(String name) {
    return get(name).map(value -> value instanceof Json.Str(String text) ? text : fail(name, "a string", value));
  }

  /// One string, or several.
  List<String> texts(String name) {
    List<Json> items = get(name).map(value -> value instanceof Json.Arr(List<Json> all) ? all : List.of(value)).orElse(List.of());
    return items.stream().map(item -> item instanceof Json.Str(String text) ? text : this.<String>fail(name, "a list of strings", item)).toList();
  }

  OptionalDouble number(String name) {
    Optional<Json> value = get(name);
    return value.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(number(name, value.get()));
  }

  /// One number, or several.
  double[] numbers(String name) {
    List<Json> items = get(name).map(value -> value instanceof Json.Arr(List<Json> all) ? all : List.of(value)).orElse(List.of());
    return items.stream().mapToDouble(item -> number(name, item)).toArray();
  }

  private double number(String name, Json value) {
    if (!(value instanceof Json.Num number)) {
      return fail(name, "a number", value);
    }
    try {
      return number.doubleValue();
    } catch (ArithmeticException beyond) {
      throw wrong(where, name + ": " + beyond.getMessage());
    }
  }

  /// The members that no reader asked for, and from now on none of them is unknown.
  Map<String, Json> others() {
    var others = new LinkedHashMap<>(members);
    others.keySet().removeAll(known);
    known.addAll(others.keySet());
    return others;
  }

  /// Refuses members that no reader asked for.
  void end() {
    for (String name : members.keySet()) {
      if (!known.contains(name)) {
        throw wrong(where, "unknown member '" + Name.shorten(name) + "'"
            + NearestName.of(name, known).map(near -> ", did you mean '" + near + "'?").orElse(", there are " + String.join(", ", known)));
      }
    }
  }

  ProblemException wrong(String detail) {
    return wrong(where, detail);
  }

  private <T> T fail(String name, String expected, Json found) {
    throw wrong(where, name + " must be " + expected + ", found " + kind(found));
  }

  private static ProblemException wrong(String where, String detail) {
    return new ProblemException(400, where.isEmpty() ? detail : where + ": " + detail);
  }

  private static String kind(Json json) {
    return switch (json) {
      case Json.Obj _ -> "an object";
      case Json.Arr _ -> "an array";
      case Json.Str(String text) -> "the string '" + Name.shorten(text) + "'";
      case Json.Num(String text) -> "the number " + Name.shorten(text);
      case Json.Bool(boolean is) -> String.valueOf(is);
      case Json.Null _ -> "null";
    };
  }
}

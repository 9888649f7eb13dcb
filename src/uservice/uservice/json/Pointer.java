package uservice.json;

import module java.base;

/// JSON pointers (RFC 6901): `/lines/0/a~1b` is member `lines`, its first item, that one's member `a/b`.
final class Pointer {
  private static final int INDEX_CHARS_MAX = 9;

  private Pointer() {}

  /// One step of a path as it stands in an error: escaped, and shortened where it is long.
  static String step(String name) {
    return '/' + JsonParser.shorten(name).replace("~", "~0").replace("/", "~1");
  }

  /// The value there, of the kind wanted.
  static <T extends Json> T resolve(Json root, String pointer, Class<T> kind) {
    Json found = resolve(root, pointer);
    if (!kind.isInstance(found)) {
      throw new JsonException(pointer, "expected " + kind(kind) + ", found " + kind(found.getClass()));
    }
    return kind.cast(found);
  }

  static Json resolve(Json root, String pointer) {
    if (!pointer.isEmpty() && pointer.charAt(0) != '/') {
      throw new IllegalArgumentException("'" + pointer + "' is no JSON pointer, write '/" + pointer + "'");
    }
    Json found = root;
    for (int start = 0; start < pointer.length(); ) {
      int slash = pointer.indexOf('/', start + 1);
      int end = slash < 0 ? pointer.length() : slash;
      found = child(found, pointer.substring(start + 1, end).replace("~1", "/").replace("~0", "~"),
          pointer.substring(0, start));
      start = end;
    }
    return found;
  }

  private static Json child(Json parent, String step, String path) {
    return switch (parent) {
      case Json.Obj(var members) when members.containsKey(step) -> members.get(step);
      case Json.Obj _ -> throw new JsonException(path, "expected a member '" + step + "', found none");
      case Json.Arr(var items) -> {
        if (!index(step) || Integer.parseInt(step) >= items.size()) {
          throw new JsonException(path, "expected an item '" + step + "', found " + items.size() + " items");
        }
        yield items.get(Integer.parseInt(step));
      }
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _ -> throw new JsonException(path,
          "expected an object or array that holds '" + step + "', found " + kind(parent.getClass()));
    };
  }

  private static boolean index(String step) {
    return step.equals("0") || !step.isEmpty() && step.length() <= INDEX_CHARS_MAX
        && step.charAt(0) != '0' && step.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String kind(Class<?> kind) {
    return switch (kind.getSimpleName()) {
      case "Obj" -> "an object";
      case "Arr" -> "an array";
      case "Str" -> "a string";
      case "Num" -> "a number";
      case "Bool" -> "true or false";
      default -> "null";
    };
  }
}

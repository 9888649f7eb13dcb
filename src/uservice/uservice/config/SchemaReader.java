package uservice.config;

import module java.base;

/// Reads record classes into types. What an author got wrong is an `IllegalArgumentException` that names class and component.
final class SchemaReader {
  private SchemaReader() {}

  static Type record(Class<?> type, Type outer) {
    if (!type.isRecord()) {
      throw new IllegalArgumentException(type.getName() + " is not a record, so it cannot be a section of the configuration");
    }
    for (Type around = outer; around != null; around = around.outer()) {
      if (around.raw() == type) {
        throw new IllegalArgumentException("record " + type.getName() + " contains itself");
      }
    }
    return new Type(Kind.RECORD, type, null, outer, Notes.NONE);
  }

  static List<Key> keys(Type type) {
    Map<String, Notes> notes = Notes.of(type.raw());
    var keys = new ArrayList<Key>();
    for (RecordComponent component : type.raw().getRecordComponents()) {
      try {
        keys.add(key(type, component, notes.getOrDefault(component.getName(), Notes.NONE)));
      } catch (IllegalArgumentException wrong) {
        throw new IllegalArgumentException(type.raw().getName() + "." + component.getName() + ": " + wrong.getMessage(), wrong);
      }
    }
    return List.copyOf(keys);
  }

  private static Key key(Type outer, RecordComponent component, Notes notes) {
    Class<?> raw = component.getType();
    Kind kind = Kind.of(raw);
    boolean generic = kind == Kind.OPTIONAL || kind == Kind.LIST || kind == Kind.MAP;
    Type type = type(generic ? component.getGenericType() : raw, outer, notes);
    if (notes.fallback() != null && (kind == Kind.OPTIONAL || kind == Kind.RECORD)) {
      throw new IllegalArgumentException("an Optional and a record have no @Default");
    }
    Object value = notes.fallback() == null ? null : Binder.fallback(type, notes.fallback());
    return new Key(component.getName(), Key.snake(component.getName()), type, notes.doc(), notes.fallback(), value);
  }

  private static Type type(java.lang.reflect.Type type, Type outer, Notes notes) {
    if (type instanceof ParameterizedType generic) {
      java.lang.reflect.Type[] arguments = generic.getActualTypeArguments();
      Class<?> raw = (Class<?>) generic.getRawType();
      Kind kind = Kind.of(raw);
      Type of = type(arguments[arguments.length - 1], outer, notes);
      if (of.kind() != Kind.OPTIONAL && (kind != Kind.MAP || arguments[0] == String.class)) {
        return new Type(kind, raw, of, outer, Notes.NONE);
      }
    } else if (type instanceof Class<?> raw && raw.getTypeParameters().length == 0) {
      return plain(raw, outer, notes);
    }
    throw new IllegalArgumentException(type.getTypeName() + " is not a type that can be configured");
  }

  private static Type plain(Class<?> raw, Type outer, Notes notes) {
    Kind kind = Kind.of(raw);
    if (notes.pattern() != null && !kind.text()) {
      throw new IllegalArgumentException("@Pattern does not apply to " + raw.getSimpleName());
    }
    if ((notes.min() != Long.MIN_VALUE || notes.max() != Long.MAX_VALUE) && !kind.ranged()) {
      throw new IllegalArgumentException("@Range does not apply to " + raw.getSimpleName());
    }
    if (notes.min() > notes.max()) {
      throw new IllegalArgumentException("@Range allows no value at all");
    }
    return kind == Kind.RECORD ? record(raw, outer) : new Type(kind, raw, null, outer, notes);
  }

  static Map<String, Object> names(Class<?> type) {
    var names = new LinkedHashMap<String, Object>();
    for (Object constant : type.getEnumConstants()) {
      names.put(name((Enum<?>) constant), constant);
    }
    return names;
  }

  /// A constant as it is written: `NOT_FOUND` is `not_found`.
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  static Constructor<?> constructor(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    var parameters = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      parameters[i] = components[i].getType();
    }
    try {
      return open(type, type.getDeclaredConstructor(parameters));
    } catch (NoSuchMethodException impossible) {
      throw new IllegalStateException("BUG: record " + type.getName() + " has no canonical constructor", impossible);
    }
  }

  /// Makes a constructor or an accessor of `type` callable from here.
  static <M extends AccessibleObject> M open(Class<?> type, M member) {
    if (!member.trySetAccessible()) {
      throw new IllegalArgumentException("record " + type.getName() + " cannot be read: write 'opens " + type.getPackageName()
          + " to " + SchemaReader.class.getModule().getName() + ";' in the module-info of " + type.getModule().getName());
    }
    return member;
  }
}

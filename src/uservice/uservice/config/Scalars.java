package uservice.config;

import module java.base;
import uservice.yaml.Node;

/// Single values from their texts, by the type that the schema declares.
final class Scalars {
  private Scalars() {}

  /// The value.
  ///
  /// @throws Unfit with what would have been right
  static Object read(Type type, String text) throws Unfit {
    try {
      return switch (type.kind()) {
        case BOOLEAN -> bool(text);
        case INT -> (int) whole(type, text);
        case LONG -> whole(type, text);
        case DOUBLE -> number(type, text);
        case STRING -> matched(type, text);
        case SECRET -> Secret.of(matched(type, text));
        case DURATION -> {
          Duration time = Times.parse(text);
          check(time.toMillis(), type);
          yield time;
        }
        case SIZE -> {
          Size size = Size.parse(text);
          check(size.bytes(), type);
          yield size;
        }
        case URI -> uri(text);
        case PATH -> Path.of(filled(text));
        case HOST_PORT -> HostPort.parse(text);
        case ENUM -> constant(type, text);
        case OPTIONAL, LIST, MAP, RECORD -> throw new IllegalStateException("BUG: " + type.kind() + " is no scalar");
      };
    } catch (URISyntaxException wrong) {
      throw unfit(type.expected() + ": " + wrong.getReason() + (wrong.getIndex() < 0 ? "" : " at character " + (wrong.getIndex() + 1)));
    } catch (InvalidPathException wrong) {
      throw unfit(type.expected() + ": " + wrong.getReason());
    } catch (IllegalArgumentException wrong) {
      throw unfit(type.expected() + ": " + wrong.getMessage());
    }
  }

  private static Unfit unfit(String expected) {
    return new Unfit(Unfit.Fault.TYPE, expected);
  }

  /// What YAML's core schema makes of a plain text.
  static Object core(String text) {
    Node.Scalar scalar = Given.key(text);
    return scalar.value();
  }

  private static boolean bool(String text) throws Unfit {
    if (core(text) instanceof Boolean value) {
      return value;
    }
    throw unfit(Kind.BOOLEAN.expected() + switch (text.toLowerCase(Locale.ROOT)) {
      case "yes", "on", "y", "1", "true" -> ", did you mean true?";
      case "no", "off", "n", "0", "false" -> ", did you mean false?";
      default -> "";
    });
  }

  private static long whole(Type type, String text) throws Unfit {
    Object value = core(text);
    if (value instanceof BigInteger number) {
      throw beyond(type, number.signum() > 0);
    }
    if (!(value instanceof Long number)) {
      throw unfit(type.expected());
    }
    check(number, type);
    return number;
  }

  private static double number(Type type, String text) throws Unfit {
    if (!(core(text) instanceof Number number)) {
      throw unfit(type.expected());
    }
    double value = number.doubleValue();
    if (type.min() != Long.MIN_VALUE && !(value >= type.min()) || type.max() != Long.MAX_VALUE && !(value <= type.max())) {
      throw beyond(type, type.min() == Long.MIN_VALUE || value > type.max());
    }
    return value;
  }

  private static void check(long number, Type type) throws Unfit {
    if (number < type.min() || number > type.max()) {
      throw beyond(type, number > type.max());
    }
  }

  private static Unfit beyond(Type type, boolean above) {
    return new Unfit(Unfit.Fault.RANGE, above ? "at most " + bound(type, type.max()) : "at least " + bound(type, type.min()));
  }

  /// A bound of a range, as a value of the type is written.
  static String bound(Type type, long bound) {
    return type.kind() == Kind.DURATION ? Times.format(Duration.ofMillis(bound))
        : type.kind() == Kind.SIZE ? new Size(bound).toString() : String.valueOf(bound);
  }

  private static String matched(Type type, String text) throws Unfit {
    if (type.pattern() != null && !type.pattern().matcher(text).matches()) {
      throw new Unfit(Unfit.Fault.PATTERN, type.pattern().pattern());
    }
    return text;
  }

  /// By its name in lower snake case, or exactly as the constant is called: `get`, `GET`.
  private static Object constant(Type type, String text) throws Unfit {
    Object constant = type.names().get(text);
    Object shouted = type.names().get(text.toLowerCase(Locale.ROOT));
    if (constant == null && (shouted == null || !((Enum<?>) shouted).name().equals(text))) {
      throw unfit(type.expected() + NearestName.of(text, type.names().keySet()).map(near -> ", did you mean '" + near + "'?").orElse(""));
    }
    return constant == null ? shouted : constant;
  }

  /// `memory:` alone becomes `memory:/`, since `java.net.URI` has none with nothing behind the scheme.
  private static URI uri(String text) throws URISyntaxException {
    boolean scheme = text.length() > 1 && text.indexOf(':') == text.length() - 1;
    return new URI(scheme ? text + "/" : filled(text));
  }

  private static String filled(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("it is empty");
    }
    return text;
  }

  /// An address with a user and perhaps a password in it (`redis://user:password@host`) with `***` in their place; any other
  /// text as it is.
  static String masked(String text) {
    int host = text.indexOf("://") + 3;
    int at = text.lastIndexOf('@');
    return host > 3 && at >= host ? text.substring(0, host) + "***" + text.substring(at) : text;
  }

  /// A value as the configuration writes it; [#read] gives it back, but for what is masked.
  static String text(Object value) {
    return switch (value) {
      case Enum<?> constant -> SchemaReader.name(constant);
      case Duration time -> Times.format(time);
      case URI uri when uri.toString().equals(uri.getScheme() + ":/") -> uri.getScheme() + ":";
      case URI uri -> masked(uri.toString());
      case Double number when number.isNaN() -> ".nan";
      case Double number when number.isInfinite() -> number > 0 ? ".inf" : "-.inf";
      default -> value.toString();
    };
  }
}

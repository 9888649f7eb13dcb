package uservice.manifest;

import module java.base;
import uservice.config.HostPort;
import uservice.config.Secret;
import uservice.config.Size;

/// The configuration as it travels: the file's text, with nothing in it that must not be seen, and what it then refers to.
///
/// Whatever may not be shown is `${SECRET_HELLO_COUNTER}` in the text. That is every [Secret], and every text with a user or a
/// password in an address: `redis://:password@db`, `?password=…`. Files that are named (`password_file`, certificates) lie in a
/// folder of their own, under names that say which key they belong to.
///
/// @param text the file, as YAML that `parse` accepts
/// @param secrets what a variable must hold
/// @param files what must lie in [#FILES]
/// @param sockets Unix sockets of the machine that are named
record Carried(String text, List<Variable> secrets, List<Lies> files, Set<Path> sockets) {
  /// Where files lie that the configuration names.
  static final String FILES = "/run/uservice";

  /// A variable of the container's, and the key in the configuration whose value it holds.
  record Variable(String name, String key) {}

  /// A file in [#FILES], and where it was named.
  record Lies(String name, Path from) {}

  private static final Pattern TELLS = Pattern.compile(
      "(?i)[?&;][^=&;]*(password|passwd|pwd|secret|token|api_?key)[^=&;]*(?<!file)=[^&;]");
  private static final Pattern FILE_KEY = Pattern.compile("(.*_)?(file|authorities|certificates?|cert|key|ca|pem)");
  private static final Pattern FILE_PARAMETER = Pattern.compile(
      "([?&])(password_file|passfile|tls_ca|tls_cert|tls_key|sslrootcert|sslcert|sslkey|sslcrl)=([^&]+)");
  private static final Set<String> HEALTH = Set.of("checks", "preflight", "shutdown"); // a file there is looked for, not read

  /// Of the part of a configuration that is not as by default, and of all that is in force.
  static Carried of(Map<String, Object> departures, Map<String, Object> values) {
    var packing = new Packing();
    Object tree = packing.value(departures, List.of());
    var all = new Packing();
    all.value(values, List.of());
    return new Carried(YamlText.of(tree), List.copyOf(packing.secrets), List.copyOf(packing.files),
        Collections.unmodifiableSet(all.sockets));
  }

  /// The sum by which a change of the text is noticed.
  String sum() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("BUG: every Java has SHA-256", impossible);
    }
  }

  /// A value as the configuration writes it.
  static String text(Object value) {
    return switch (value) {
      case Duration time -> time.toMillis() % 1000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
      case URI uri when uri.toString().equals(uri.getScheme() + ":/") -> uri.getScheme() + ":";
      default -> value.toString();
    };
  }

  /// Whether a text holds what only its owner should see.
  static boolean tells(String text) {
    int host = text.indexOf("://");
    return host >= 0 && text.indexOf('@', host) >= 0 || TELLS.matcher(text).find();
  }

  /// One walk through the tree.
  private static final class Packing {
    private final List<Variable> secrets = new ArrayList<>();
    private final List<Lies> files = new ArrayList<>();
    private final Set<Path> sockets = new LinkedHashSet<>();

    private Object value(Object value, List<String> trail) {
      return switch (value) {
        case Map<?, ?> map -> {
          var entries = new LinkedHashMap<String, Object>();
          map.forEach((name, each) -> entries.put((String) name, value(each, below(trail, (String) name))));
          yield entries;
        }
        case List<?> list ->
            IntStream.range(0, list.size()).mapToObj(i -> value(list.get(i), below(trail, String.valueOf(i)))).toList();
        case Boolean truth -> truth;
        case Double number when number.isNaN() -> new YamlText.Raw(".nan");
        case Double number when number.isInfinite() -> new YamlText.Raw(number > 0 ? ".inf" : "-.inf");
        case Number number -> number;
        case Secret _ -> secret(trail);
        case Path path when names(trail) -> lies(path, trail);
        case Size _, HostPort _, Duration _, Path _ -> escaped(text(value));
        default -> addressed(text(value), trail);
      };
    }

    private static List<String> below(List<String> trail, String step) {
      return Stream.concat(trail.stream(), Stream.of(step)).toList();
    }

    private static boolean names(List<String> trail) {
      return FILE_KEY.matcher(trail.getLast()).matches()
          && !(trail.size() > 2 && trail.get(0).equals("health") && HEALTH.contains(trail.get(1)));
    }

    private String secret(List<String> trail) {
      String plain = ("SECRET_" + String.join("_", trail)).toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_");
      String name = plain;
      for (int i = 2; taken(name); i++) {
        name = plain + "_" + i;
      }
      secrets.add(new Variable(name, String.join(".", trail)));
      return "${" + name + "}";
    }

    private boolean taken(String name) {
      return secrets.stream().anyMatch(variable -> variable.name().equals(name));
    }

    private String lies(Path path, List<String> trail) {
      String name = String.join(".", trail).replaceAll("[^A-Za-z0-9._-]", "_");
      files.add(new Lies(name, path));
      return FILES + "/" + name;
    }

    private String addressed(String text, List<String> trail) {
      if (tells(text)) {
        FILE_PARAMETER.matcher(text).results().forEach(found -> files.add(new Lies(file(trail, found), Path.of(found.group(3)))));
        return secret(trail);
      }
      if (text.startsWith("unix:///") || text.startsWith("redis+unix:///")) {
        sockets.add(Path.of(URI.create(text).getPath()));
      }
      return escaped(FILE_PARAMETER.matcher(text).replaceAll(found -> {
        files.add(new Lies(file(trail, found), Path.of(found.group(3))));
        return Matcher.quoteReplacement(found.group(1) + found.group(2) + "=" + FILES + "/" + file(trail, found));
      }));
    }

    private static String file(List<String> trail, MatchResult found) {
      return (String.join(".", trail) + "." + found.group(2)).replaceAll("[^A-Za-z0-9._-]", "_");
    }

    /// A text that stays what it is when variables are put in.
    private static String escaped(String text) {
      return text.replace("$", "$$");
    }
  }
}

package uservice.wire;

import module java.base;
import uservice.config.NearestName;

/// A peer as a URI names it: `scheme://user:password@host:port/path?parameter=value`, each part percent-decoded (RFC 3986), or several
/// that are one, with commas between.
///
/// What cannot be meant is refused with an [IllegalArgumentException] that repeats neither user nor password.
public final class Address {
  /// The host's name, without the brackets of an IPv6 address; empty where the URI has none.
  public record Host(String name, int port) {
    /// `host:port`.
    @Override public String toString() { return name.isEmpty() ? "" : (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port; }
  }

  private static final int PORT_MAX = 65_535;
  private static final long SECRET_BYTES_MAX = 4_096;
  private static final java.util.regex.Pattern TIME = java.util.regex.Pattern.compile("([0-9]{1,9})(ms|s|m|)");
  private static final java.util.regex.Pattern WORD = java.util.regex.Pattern.compile("[!-~]{1,200}");

  private final String scheme;
  private final Optional<String> user;
  private final Optional<String> password;
  private final List<Host> hosts;
  private final String path;
  private final Map<String, String> parameters;

  private Address(URI uri, int defaultPort, int hostsMax, Set<String> known) {
    scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (uri.isOpaque() || scheme.isEmpty()) {
      throw new IllegalArgumentException("must look like " + (scheme.isEmpty() ? "scheme" : scheme) + "://host:port/…");
    }
    if (uri.getRawFragment() != null) {
      throw new IllegalArgumentException("has a '#', which begins nothing here; in a password it is written %23");
    }
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    int at = authority.lastIndexOf('@');
    String credentials = at < 0 ? "" : authority.substring(0, at);
    int colon = credentials.indexOf(':');
    user = given(colon < 0 ? credentials : credentials.substring(0, colon));
    password = colon < 0 ? Optional.empty() : given(credentials.substring(colon + 1));
    String[] each = authority.substring(at + 1).split(",", -1);
    if (each.length > hostsMax) {
      throw new IllegalArgumentException(hostsMax == 1 ? "names several hosts, must be one" : "names " + each.length + " hosts, at most " + hostsMax);
    }
    if (each.length > 1 && List.of(each).contains("")) {
      throw new IllegalArgumentException("has a comma without a host beside it");
    }
    hosts = Stream.of(each).map(one -> host(one, defaultPort)).toList();
    path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "" : decoded(uri.getRawPath().substring(1));
    parameters = parameters(uri.getRawQuery(), known);
  }

  /// Takes `uri` apart. A port that is not given is `defaultPort`, and a parameter that is not among `parameters` is refused.
  public static Address parse(URI uri, int defaultPort, Set<String> parameters) { return parse(uri, defaultPort, 1, parameters); }

  /// The same where a URI may name several hosts.
  public static Address parse(URI uri, int defaultPort, int hostsMax, Set<String> parameters) {
    return new Address(uri, defaultPort, hostsMax, parameters);
  }

  private static Host host(String text, int defaultPort) {
    int bracket = text.lastIndexOf(']');
    int mark = text.indexOf(':', bracket + 1);
    String name = decoded(mark < 0 ? text : text.substring(0, mark));
    return new Host(bracket < 0 ? name : name.substring(1, name.length() - 1), mark < 0 ? defaultPort : port(text.substring(mark + 1)));
  }

  private static Optional<String> given(String text) { return text.isEmpty() ? Optional.empty() : Optional.of(decoded(text)); }

  private static int port(String text) {
    if (text.matches("[0-9]{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= PORT_MAX) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException("port is not a number from 1 to " + PORT_MAX); // may be half of a password
  }

  private static Map<String, String> parameters(String query, Set<String> known) {
    var parameters = new LinkedHashMap<String, String>();
    for (String part : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
      int equals = part.indexOf('=');
      String name = decoded(equals < 0 ? part : part.substring(0, equals));
      if (!known.contains(name)) {
        var sorted = new TreeSet<>(known);
        throw new IllegalArgumentException("unknown parameter '" + name + "'" + near(name, sorted, "known: " + String.join(", ", sorted)));
      }
      if (equals < 0 || equals == part.length() - 1) {
        throw new IllegalArgumentException("parameter '" + name + "' has no value");
      }
      if (parameters.put(name, decoded(part.substring(equals + 1))) != null) {
        throw new IllegalArgumentException("parameter '" + name + "' is there twice");
      }
    }
    return parameters;
  }

  private static String near(String given, Collection<String> known, String otherwise) {
    return ", " + NearestName.of(given, known).map(near -> "did you mean '" + near + "'?").orElse(otherwise);
  }

  /// Decodes `%20`; a plus sign stays one, other than in forms. What is behind a percent sign was checked by [URI].
  private static String decoded(String text) {
    return text.indexOf('%') < 0 ? text : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// In lower case.
  public String scheme() { return scheme; }

  public Optional<String> user() { return user; }

  /// What stands behind the colon.
  public Optional<String> password() { return password; }

  /// The password, be it in the URI or alone in a file that the parameter `password_file` names.
  public Optional<String> secret() {
    Optional<Path> file = file("password_file");
    if (file.isEmpty()) {
      return password;
    }
    if (password.isPresent()) {
      throw new IllegalArgumentException("has a password and a password_file, must be one of them");
    }
    try {
      if (Files.size(file.get()) > SECRET_BYTES_MAX) {
        throw new IllegalArgumentException("password_file " + file.get() + ": over " + SECRET_BYTES_MAX + " bytes, which is no password");
      }
      return Optional.of(Files.readString(file.get()).strip());
    } catch (IOException unread) {
      throw new IllegalArgumentException("password_file " + file.get() + ": "
          + (unread instanceof NoSuchFileException ? "no such file" : "cannot be read: " + unread.getMessage()), unread);
    }
  }

  /// The only one, or the first.
  public String host() { return hosts.getFirst().name(); }

  /// That of the only host, or of the first.
  public int port() { return hosts.getFirst().port(); }

  /// At least one.
  public List<Host> hosts() { return hosts; }

  /// Without the slash that begins it.
  public String path() { return path; }

  public Optional<String> parameter(String name) { return Optional.ofNullable(parameters.get(name)); }

  /// A parameter that is the path of a file.
  public Optional<Path> file(String name) { return parameter(name).map(Path::of); }

  /// A parameter that is 1 to 200 printable characters without spaces.
  public String word(String name, String otherwise) {
    String word = parameters.getOrDefault(name, otherwise);
    if (word != null && !WORD.matcher(word).matches()) {
      throw wrong(name, word, ", must be 1 to 200 printable characters without spaces");
    }
    return word;
  }

  /// A parameter that is one of these words.
  public String choice(String name, String otherwise, List<String> known) {
    String given = parameters.getOrDefault(name, otherwise);
    if (!known.contains(given)) {
      throw wrong(name, given, near(given, known, "must be " + String.join(", ", known.subList(0, known.size() - 1)) + " or " + known.getLast()));
    }
    return given;
  }

  /// A parameter that is one of these values, as [#spelled] has them.
  public <E extends Enum<E>> E choice(String name, E otherwise) {
    List<E> values = List.of(otherwise.getDeclaringClass().getEnumConstants());
    List<String> known = values.stream().map(Address::spelled).toList();
    return values.get(known.indexOf(choice(name, spelled(otherwise), known)));
  }

  /// As a parameter has it: `verify-full`.
  public static String spelled(Enum<?> choice) { return choice.name().toLowerCase(Locale.ROOT).replace('_', '-'); }

  /// A parameter that is a time up to `most`, but not zero: `500ms`, `2s`, `1m`, or a number of seconds.
  public Duration duration(String name, Duration otherwise, Duration most) {
    String text = parameters.get(name);
    if (text == null) {
      return otherwise;
    }
    Matcher time = TIME.matcher(text);
    if (time.matches()) {
      long amount = Long.parseLong(time.group(1));
      Duration given = switch (time.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "m" -> Duration.ofMinutes(amount);
        default -> Duration.ofSeconds(amount);
      };
      if (given.isPositive() && given.compareTo(most) <= 0) {
        return given;
      }
    }
    throw wrong(name, text, ", must be a time such as 500ms or 2s, above 0 and at most " + most.toSeconds() + "s");
  }

  /// A parameter that is a whole number from `least` to `most`.
  public int number(String name, int otherwise, int least, int most) {
    String text = parameters.get(name);
    if (text == null) {
      return otherwise;
    }
    if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
      return Integer.parseInt(text);
    }
    throw wrong(name, text, ", must be a whole number from " + least + " to " + most);
  }

  private static IllegalArgumentException wrong(String name, String given, String right) {
    return new IllegalArgumentException("parameter '" + name + "' is '" + given + "'" + right);
  }

  /// For messages: `scheme://host:port/path`, without user, password and parameters.
  @Override public String toString() {
    return scheme + "://" + hosts.stream().map(Host::toString).collect(Collectors.joining(",")) + (path.isEmpty() ? "" : "/" + path);
  }
}

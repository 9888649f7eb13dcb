package uservice.wire;

import module java.base;
import uservice.config.NearestName;

/// A peer as a URI names it: `scheme://user:password@host:port/path?parameter=value`, each part percent-decoded (RFC 3986).
///
/// What cannot be meant is refused with an [IllegalArgumentException] that repeats neither user nor password.
public final class Address {
  private static final int PORT_MAX = 65_535;
  private static final java.util.regex.Pattern TIME = java.util.regex.Pattern.compile("([0-9]{1,9})(ms|s|m|)");

  private final String scheme;
  private final Optional<String> user;
  private final Optional<String> password;
  private final String host;
  private final int port;
  private final String path;
  private final Map<String, String> parameters;

  private Address(URI uri, int defaultPort, Set<String> known) {
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
    String rest = authority.substring(at + 1);
    if (rest.indexOf(',') >= 0) {
      throw new IllegalArgumentException("names several hosts, must be one");
    }
    int bracket = rest.lastIndexOf(']');
    int mark = rest.indexOf(':', bracket + 1);
    String name = decoded(mark < 0 ? rest : rest.substring(0, mark));
    host = bracket < 0 ? name : name.substring(1, name.length() - 1);
    port = mark < 0 ? defaultPort : port(rest.substring(mark + 1));
    path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "" : decoded(uri.getRawPath().substring(1));
    parameters = parameters(uri.getRawQuery(), known);
  }

  /// Takes `uri` apart. A port that is not given is `defaultPort`, and a parameter that is not among `parameters` is refused.
  public static Address parse(URI uri, int defaultPort, Set<String> parameters) {
    return new Address(uri, defaultPort, parameters);
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
        throw new IllegalArgumentException("unknown parameter '" + name + "'"
            + NearestName.of(name, new TreeSet<>(known)).map(near -> ", did you mean '" + near + "'?")
                .orElse(", known: " + String.join(", ", new TreeSet<>(known))));
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

  /// Decodes `%20`; a plus sign stays one, other than in forms. What is behind a percent sign was checked by [URI].
  private static String decoded(String text) {
    return text.indexOf('%') < 0 ? text : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// In lower case.
  public String scheme() { return scheme; }

  public Optional<String> user() { return user; }

  public Optional<String> password() { return password; }

  /// Without the brackets of an IPv6 address; empty where the URI has none.
  public String host() { return host; }

  public int port() { return port; }

  /// Without the slash that begins it.
  public String path() { return path; }

  public Optional<String> parameter(String name) { return Optional.ofNullable(parameters.get(name)); }

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
    throw new IllegalArgumentException("parameter '" + name + "' is '" + text + "', must be a time such as 500ms or 2s, above 0 and at most "
        + most.toSeconds() + "s");
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
    throw new IllegalArgumentException("parameter '" + name + "' is '" + text + "', must be a whole number from " + least + " to " + most);
  }

  /// For messages: `scheme://host:port/path`, without user, password and parameters.
  @Override public String toString() {
    String shown = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return scheme + "://" + shown + (host.isEmpty() ? "" : ":" + port) + (path.isEmpty() ? "" : "/" + path);
  }
}

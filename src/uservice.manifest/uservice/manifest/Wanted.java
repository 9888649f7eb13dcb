package uservice.manifest;

import module java.base;
import uservice.cli.Arguments;
import uservice.cli.Option;
import uservice.cli.UsageException;
import uservice.config.HostPort;

/// What the words say beside the configuration.
///
/// @param image the service's image
/// @param replicas how many pods there are at least
/// @param replicasMax how many there may be under load; as many as `replicas` is no scaling
/// @param memory the container's memory, as Kubernetes writes it
/// @param cpu the processor time that is set aside
/// @param sidecar the image of the program that the service runs beside
/// @param port the port of that program
/// @param monitor whether there is a ServiceMonitor
/// @param redisImage where Redis comes from, where it is started along
/// @param podmanOld whether Podman is older than 4.4
/// @param targets what Prometheus asks where there is no cluster
record Wanted(String image, int replicas, int replicasMax, Optional<String> namespace, String memory, String cpu, Optional<String> sidecar,
    OptionalInt port, boolean monitor, String redisImage, boolean podmanOld, List<String> targets) {
  static final List<Option> OPTIONS = List.of(
      Option.of("IMAGE", "the service's image; else uservice:VERSION", "--image"),
      Option.of("N", "pods at least; 2 where left out, 1 for podman and compose", "--replicas"),
      Option.of("N", "pods at most, under load; five times as many where left out", "--max-replicas"),
      Option.of("NAME", "the namespace", "--namespace"),
      Option.of("SIZE", "memory of a container, 128Mi where left out", "--memory"),
      Option.of("TIME", "processor time set aside for a container, 100m where left out", "--cpu"),
      Option.of("IMAGE", "the program that the service runs beside, as its sidecar", "--sidecar"),
      Option.of("PORT", "the port that this program serves", "--port"),
      Option.flag("with a ServiceMonitor, for the Prometheus operator", "--service-monitor"),
      Option.of("IMAGE", "Redis, where podman and compose start it along", "--redis-image"),
      Option.of("VERSION", "Podman's, where it is older than 4.4", "--podman"),
      Option.of("HOST:PORT", "a target of Prometheus outside of a cluster; several times for several", "--target"));

  private static final int REPLICAS = 2;
  private static final int REPLICAS_MAX = 10_000;
  private static final int MORE = 5;
  private static final String REDIS = "docker.io/library/redis:7-alpine";
  private static final Pattern IMAGE = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,499}");
  private static final Pattern VERSION = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){1,2}");
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern MEMORY = Pattern.compile("([1-9][0-9]{0,9})(Ki|Mi|Gi|k|M|G)");
  private static final Pattern CPU = Pattern.compile("[1-9][0-9]{0,6}m|[1-9][0-9]{0,3}|0\\.[0-9]{0,2}[1-9]|[1-9][0-9]{0,3}\\.[0-9]{1,3}");

  static Wanted of(Arguments arguments, String version, boolean alone) throws UsageException {
    int replicas = number(arguments, "--replicas", alone ? 1 : REPLICAS);
    int most = number(arguments, "--max-replicas", Math.min(REPLICAS_MAX, MORE * replicas));
    if (most < replicas) {
      throw new UsageException("--max-replicas is " + most + ", at least --replicas, which is " + replicas);
    }
    Optional<String> sidecar = arguments.last("--sidecar").isPresent()
        ? Optional.of(matched(arguments, "--sidecar", "", IMAGE, "an image, such as registry.example.com/orders:1.4")) : Optional.empty();
    OptionalInt port = arguments.has("--port") ? OptionalInt.of(port(arguments.last("--port").orElseThrow())) : OptionalInt.empty();
    if (port.isPresent() && sidecar.isEmpty()) {
      throw new UsageException("--port is that of the program which --sidecar names; the service's own ports are in the configuration");
    }
    return new Wanted(matched(arguments, "--image", "uservice:" + version, IMAGE, "an image, such as registry.example.com/uservice:1.4"),
        replicas, most,
        arguments.has("--namespace")
            ? Optional.of(matched(arguments, "--namespace", "", LABEL, "lower-case letters, digits and '-', at most 63")) : Optional.empty(),
        matched(arguments, "--memory", "128Mi", MEMORY, "a size such as 128Mi or 1Gi"),
        matched(arguments, "--cpu", "100m", CPU, "processors, such as 100m or 0.5"),
        sidecar, port, arguments.has("--service-monitor"),
        matched(arguments, "--redis-image", REDIS, IMAGE, "an image, such as " + REDIS),
        matched(arguments, "--podman", "5.0", VERSION, "a version, such as 4.3.1").matches("[0-3]\\..*|4\\.[0-3](\\..*)?"),
        targets(arguments));
  }

  private static String matched(Arguments arguments, String option, String otherwise, Pattern pattern, String expected) throws UsageException {
    String value = arguments.last(option).orElse(otherwise);
    if (!pattern.matcher(value).matches()) {
      throw new UsageException(option + " is '" + value + "', must be " + expected);
    }
    return value;
  }

  private static int number(Arguments arguments, String option, int otherwise) throws UsageException {
    String value = arguments.last(option).orElse(String.valueOf(otherwise));
    if (value.matches("[0-9]{1,5}") && Integer.parseInt(value) >= 1 && Integer.parseInt(value) <= REPLICAS_MAX) {
      return Integer.parseInt(value);
    }
    throw new UsageException(option + " is '" + value + "', must be a whole number from 1 to " + REPLICAS_MAX);
  }

  private static int port(String value) throws UsageException {
    if (value.matches("[0-9]{1,5}") && Integer.parseInt(value) >= 1 && Integer.parseInt(value) <= 65535) {
      return Integer.parseInt(value);
    }
    throw new UsageException("--port is '" + value + "', must be a port from 1 to 65535");
  }

  private static List<String> targets(Arguments arguments) throws UsageException {
    for (String target : arguments.all("--target")) {
      try {
        if (HostPort.parse(target).host().isEmpty()) {
          throw new IllegalArgumentException("no host; write host:port");
        }
      } catch (IllegalArgumentException wrong) {
        throw new UsageException("--target is '" + target + "': " + wrong.getMessage());
      }
    }
    return arguments.all("--target");
  }

  /// The memory in bytes.
  long memoryBytes() {
    Matcher matcher = MEMORY.matcher(memory);
    matcher.matches();
    long unit = switch (matcher.group(2)) {
      case "Ki" -> 1L << 10;
      case "Mi" -> 1L << 20;
      case "Gi" -> 1L << 30;
      case "k" -> 1_000L;
      case "M" -> 1_000_000L;
      case "G" -> 1_000_000_000L;
      default -> 1L;
    };
    return Long.parseLong(matcher.group(1)) * unit;
  }

  /// The memory as compose writes it, whose units are powers of 1024 in small letters.
  String memoryOfCompose() {
    return memory.endsWith("i") ? memory.substring(0, memory.length() - 1).toLowerCase(Locale.ROOT) : memoryBytes() + "b";
  }

  /// What of the memory the heap may take, as the runtime is set up; the rest is the JVM's own.
  String heap() {
    boolean small = memoryBytes() < 250L << 20;
    return memoryBytes() * (small ? 40 : 60) / 100 / (1 << 20) + " MiB, " + (small ? 40 : 60) + " %";
  }
}

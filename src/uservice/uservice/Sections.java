package uservice;

import module java.base;
import uservice.cli.Arguments;
import uservice.cli.Failure;
import uservice.config.Configuration;
import uservice.config.ConfigurationException;
import uservice.config.Schema;
import uservice.config.Source;

/// The features that are here, and the configuration that they and the chassis make up together.
final class Sections {
  private static final String FILE_VARIABLE = "USERVICE_CONFIG";
  private static final Set<String> RESERVED = Set.of(FILE_VARIABLE, "USERVICE_CONTROL");
  private static final Path FILE = Path.of("uservice.yaml");

  private final List<Feature<?>> features;
  private final List<Feature<?>> given;
  private final Schema schema;

  private Sections(List<Feature<?>> features, List<Feature<?>> given) {
    this.features = features;
    this.given = given;
    Schema whole = Schema.of(Settings.class);
    for (Feature<?> feature : features) {
      whole = whole.section(feature.section(), feature.config());
    }
    this.schema = whole;
  }

  /// The `given` features, then those that modules provide; a feature that is both is taken as given.
  ///
  /// @throws IllegalArgumentException if two claim one section, or a record cannot be a section
  static Sections of(List<Feature<?>> given) {
    var all = new ArrayList<>(given);
    for (Feature<?> provided : ServiceLoader.load(Feature.class)) {
      if (!among(given, provided)) {
        all.add(provided);
      }
    }
    return new Sections(List.copyOf(all), List.copyOf(given));
  }

  private static boolean among(List<Feature<?>> given, Feature<?> provided) {
    for (Feature<?> feature : given) {
      if (feature.getClass() == provided.getClass()) {
        return true;
      }
    }
    return false;
  }

  Schema schema() {
    return schema;
  }

  /// Reads the configuration that `arguments` name. Features that were given by hand are present in it; with none of them,
  /// without a file and with no section set otherwise, the sample is.
  Configuration load(Arguments arguments, Map<String, String> environment) throws ConfigurationException {
    Optional<Path> file = file(arguments, environment);
    Optional<Source> source = file.isPresent() ? Optional.of(Source.of(file.get())) : Optional.empty();
    Configuration configuration = Configuration.load(source, environment, verbose(arguments), schema, RESERVED);
    for (Feature<?> feature : given) {
      configuration = configuration.with(feature.section());
    }
    if (file.isEmpty() && wanted(configuration, arguments.rest()).isEmpty()) {
      for (Feature<?> feature : features) {
        configuration = feature.sample() ? configuration.with(feature.section()) : configuration;
      }
    }
    return configuration;
  }

  /// The configuration file that is named, or the one that lies here.
  static Optional<Path> file(Arguments arguments, Map<String, String> environment) {
    Optional<String> option = arguments.last("--config");
    String variable = environment.getOrDefault(FILE_VARIABLE, "");
    if (option.isPresent() || !variable.isEmpty()) {
      return Optional.of(Path.of(option.orElse(variable)));
    }
    return Files.exists(FILE) ? Optional.of(FILE) : Optional.empty();
  }

  /// The `--set` of the command line, with what `-v` means below them.
  private static List<String> verbose(Arguments arguments) {
    var settings = new ArrayList<String>();
    if (arguments.has("--verbose")) {
      settings.add("log.level=" + (arguments.count("--verbose") > 1 ? "trace" : "debug"));
    }
    settings.addAll(arguments.all("--set"));
    return settings;
  }

  /// The features that run, in order.
  List<Feature<?>> wanted(Configuration configuration, List<String> command) {
    var wanted = new ArrayList<Feature<?>>();
    for (Feature<?> feature : features) {
      if (feature.wanted(configuration.section(feature.section()).isPresent(), command)) {
        wanted.add(feature);
      }
    }
    return wanted;
  }

  /// The feature's part of the configuration, with its defaults where it runs without one.
  <C extends Record> C bound(Feature<C> feature, Configuration configuration) throws ConfigurationException {
    return feature.config().cast(configuration.with(feature.section()).section(feature.section()).orElseThrow());
  }

  /// Refuses words behind `--` that nobody would run.
  void checkCommand(List<String> command) throws Failure {
    if (!command.isEmpty() && features.stream().noneMatch(feature -> feature.wanted(false, command))) {
      throw new Failure("-- " + command.getFirst() + " needs module uservice.control, which is not in this image");
    }
  }
}

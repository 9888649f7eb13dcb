package uservice.cli;

import module java.base;

/// A word that follows `uservice` on the command line. Modules provide more of them through `ServiceLoader`.
public interface Command {
  /// The options of every command that reads a configuration.
  List<Option> CONFIGURATION = List.of(
      Option.of("FILE", "the configuration; else $USERVICE_CONFIG, else ./uservice.yaml where it exists", "-c", "--config"),
      Option.of("KEY=VALUE", "set one key, above the file and the environment", "--set"));

  String name();

  /// What it does, in a few words for the list of commands.
  String summary();

  default List<Option> options() {
    return List.of();
  }

  /// How its operands are written in the usage line: `alive|ready|startup`; empty where it takes none.
  default String operands() {
    return "";
  }

  default int operandsMin() {
    return 0;
  }

  default int operandsMax() {
    return operandsMin();
  }

  /// Whether words may follow `--`; they are [Arguments#rest()].
  default boolean takesRest() {
    return false;
  }

  /// Runs it and returns the exit code, one of [Exit]'s unless the command passes on another program's.
  ///
  /// @throws UsageException if the words make no sense together; printed with the usage line, ends with 2
  /// @throws Failure if something outside prevents it; its one line is printed, ends with 1
  int run(Call call) throws Exception;
}

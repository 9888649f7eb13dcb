package uservice.cli;

import module java.base;

/// An option that a command takes: its names (`-c`, `--config`), the name of its value or nothing for a flag, and what
/// it is for. Any option may be given several times.
public record Option(List<String> names, Optional<String> value, String doc) {
  public static Option flag(String doc, String... names) {
    return new Option(List.of(names), Optional.empty(), doc);
  }

  public static Option of(String value, String doc, String... names) {
    return new Option(List.of(names), Optional.of(value), doc);
  }

  /// The name under which [Arguments] keeps it: the last, which is the long one.
  String key() {
    return names.getLast();
  }

  /// As help shows it: `-c, --config FILE`.
  String shown() {
    return String.join(", ", names) + value.map(name -> " " + name).orElse("");
  }
}

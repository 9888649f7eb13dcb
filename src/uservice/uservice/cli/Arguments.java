package uservice.cli;

import module java.base;
import uservice.config.NearestName;

/// The words after a command's name, sorted: the options with their values, the operands, and what stood behind `--`.
public final class Arguments {
  private final Map<String, List<String>> options = new LinkedHashMap<>();
  private final List<String> operands = new ArrayList<>();
  private List<String> rest = List.of();

  private Arguments() {}

  /// Sorts `words` by what `command` takes. Values are separate words or follow `=` after a long name; single-letter
  /// flags may be joined (`-vv`).
  static Arguments parse(Command command, List<String> words) throws UsageException {
    var parsed = new Arguments();
    Map<String, Option> known = known(command);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--")) {
        parsed.rest = List.copyOf(words.subList(i + 1, words.size()));
        break;
      }
      if (!word.startsWith("-") || word.equals("-")) {
        parsed.operands.add(word);
        continue;
      }
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      String name = equals < 0 ? word : word.substring(0, equals);
      if (known.get(name) == null && parsed.joinedFlags(name, known)) {
        continue;
      }
      Option option = find(name, known);
      if (option.value().isEmpty()) {
        if (equals >= 0) {
          throw new UsageException("option '" + name + "' takes no value, got '" + word.substring(equals + 1) + "'");
        }
        parsed.keep(option, "");
      } else if (equals >= 0) {
        parsed.keep(option, word.substring(equals + 1));
      } else if (i + 1 < words.size() && !words.get(i + 1).equals("--")) {
        parsed.keep(option, words.get(++i));
      } else {
        throw new UsageException("option '" + name + "' needs a value: " + name + " " + option.value().get());
      }
    }
    parsed.check(command);
    return parsed;
  }

  private static Map<String, Option> known(Command command) {
    var known = new LinkedHashMap<String, Option>();
    for (Option option : command.options()) {
      option.names().forEach(name -> known.put(name, option));
    }
    CommandLine.COMMON.forEach(option -> option.names().forEach(name -> known.put(name, option)));
    return known;
  }

  private static Option find(String name, Map<String, Option> known) throws UsageException {
    Option option = known.get(name);
    if (option == null) {
      throw new UsageException("unknown option '" + name + "'"
          + NearestName.of(name, known.keySet()).map(near -> ", did you mean '" + near + "'?").orElse(""));
    }
    return option;
  }

  private boolean joinedFlags(String word, Map<String, Option> known) {
    if (word.startsWith("--") || word.length() < 3) {
      return false;
    }
    var flags = new ArrayList<Option>();
    for (char letter : word.substring(1).toCharArray()) {
      Option flag = known.get("-" + letter);
      if (flag == null || flag.value().isPresent()) {
        return false;
      }
      flags.add(flag);
    }
    flags.forEach(flag -> keep(flag, ""));
    return true;
  }

  private void keep(Option option, String value) {
    options.computeIfAbsent(option.key(), _ -> new ArrayList<>()).add(value);
  }

  private void check(Command command) throws UsageException {
    if (has("--help")) {
      return;
    }
    if (operands.size() < command.operandsMin()) {
      throw new UsageException("missing " + command.operands());
    }
    if (operands.size() > command.operandsMax()) {
      throw new UsageException("unexpected argument '" + operands.get(command.operandsMax()) + "'");
    }
    if (!rest.isEmpty() && !command.takesRest()) {
      throw new UsageException("unexpected argument '" + rest.getFirst() + "' after --");
    }
  }

  /// Whether the option with this long name was given.
  public boolean has(String option) {
    return options.containsKey(option);
  }

  /// How many times the option was given.
  public int count(String option) {
    return all(option).size();
  }

  /// The option's last value.
  public Optional<String> last(String option) {
    return has(option) ? Optional.of(options.get(option).getLast()) : Optional.empty();
  }

  /// The option's values, in order.
  public List<String> all(String option) {
    return List.copyOf(options.getOrDefault(option, List.of()));
  }

  /// The words that are neither options nor their values.
  public List<String> operands() {
    return List.copyOf(operands);
  }

  /// The words behind `--`.
  public List<String> rest() {
    return rest;
  }
}

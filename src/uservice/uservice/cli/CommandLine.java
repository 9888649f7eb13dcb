package uservice.cli;

import module java.base;
import uservice.config.ConfigurationException;
import uservice.config.NearestName;

/// The program's command line: finds the command, sorts its words, runs it, and turns whatever comes of it into an exit
/// code and, where something is wrong, one clear line.
public final class CommandLine {
  static final List<Option> COMMON = List.of(
      Option.flag("log more; twice for everything", "-v", "--verbose"),
      Option.flag("print this", "-h", "--help"));

  private static final int NAME_WIDTH = 10;

  private final String program;
  private final Map<String, Command> commands = new LinkedHashMap<>();
  private final Call.Loader loader;

  /// A command line for `program` (the first word of the usage text) with these commands, in the order of the usage text.
  public CommandLine(String program, List<Command> commands, Call.Loader loader) {
    this.program = program;
    this.loader = loader;
    commands.forEach(command -> this.commands.put(command.name(), command));
  }

  /// Runs the command that `words` name and returns the exit code. Nothing is thrown; what a user caused is one line on `err`.
  public int run(List<String> words, PrintStream out, PrintStream err, boolean terminal) {
    if (words.isEmpty()) {
      err.print(usage());
      return Exit.USAGE.code();
    }
    String first = words.getFirst();
    List<String> others = words.subList(1, words.size());
    return switch (first) {
      case "-h", "--help" -> print(out, usage());
      case "help" -> run(others.isEmpty() ? List.of("--help") : List.of(others.getFirst(), "--help"), out, err, terminal);
      case "--version" -> run(List.of("version"), out, err, terminal);
      default -> {
        Command command = commands.get(first);
        yield command == null ? unknown(first, err) : run(command, others, out, err, terminal);
      }
    };
  }

  private int run(Command command, List<String> words, PrintStream out, PrintStream err, boolean terminal) {
    String prefix = program + " " + command.name() + ": ";
    try {
      Arguments arguments = Arguments.parse(command, words);
      if (arguments.has("--help")) {
        return print(out, help(command));
      }
      return command.run(new Call(arguments, out, err, terminal, List.copyOf(commands.values()), loader));
    } catch (UsageException wrong) {
      err.println(prefix + wrong.getMessage());
      err.println("usage: " + line(command));
      return Exit.USAGE.code();
    } catch (ConfigurationException refused) {
      err.print(refused.problems().render("nothing was started"));
      return Exit.REFUSED.code();
    } catch (Failure failure) {
      err.println(prefix + failure.getMessage());
      return Exit.FAILED.code();
    } catch (Exception bug) {
      err.println(prefix + "internal error, please report it: " + bug);
      bug.printStackTrace(err);
      return Exit.FAILED.code();
    }
  }

  private int unknown(String word, PrintStream err) {
    err.println(program + ": unknown " + (word.startsWith("-") ? "option '" : "command '") + word + "'"
        + NearestName.of(word, commands.keySet()).map(near -> ", did you mean '" + near + "'?").orElse(""));
    err.println("usage: " + program + " COMMAND; '" + program + " --help' lists the commands");
    return Exit.USAGE.code();
  }

  private static int print(PrintStream out, String text) {
    out.print(text);
    out.flush();
    return Exit.FINE.code();
  }

  /// The whole usage text.
  String usage() {
    var text = new StringBuilder("usage: " + program + " COMMAND [OPTION]...\n\n");
    commands.values().forEach(command -> row(text, NAME_WIDTH, command.name(), command.summary()));
    text.append("\n'").append(program).append(" COMMAND --help' says more of one.\n")
        .append("exit codes: 0 fine, 1 failed while running (probe: no), 2 wrong usage, 3 configuration refused\n");
    return text.toString();
  }

  /// What `COMMAND --help` prints.
  String help(Command command) {
    var text = new StringBuilder("usage: " + line(command) + "\n\n" + command.summary() + "\n\n");
    List<Option> options = Stream.concat(command.options().stream(), COMMON.stream()).toList();
    int width = options.stream().mapToInt(option -> option.shown().length()).max().orElse(0) + 2;
    options.forEach(option -> row(text, width, option.shown(), option.doc()));
    return text.toString();
  }

  private String line(Command command) {
    var line = new StringBuilder(program).append(' ').append(command.name());
    if (!command.operands().isEmpty()) {
      line.append(' ').append(command.operands());
    }
    for (Option option : command.options()) {
      line.append(" [").append(option.names().getFirst()).append(option.value().map(value -> " " + value).orElse("")).append(']');
    }
    return line.append(command.takesRest() ? " [-- CMD ARG...]" : "").toString();
  }

  private static void row(StringBuilder text, int width, String name, String doc) {
    text.append("  ").append(name).repeat(' ', Math.max(1, width - name.length())).append(doc).append('\n');
  }
}

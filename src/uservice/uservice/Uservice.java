package uservice;

import module java.base;
import uservice.cli.Command;
import uservice.cli.CommandLine;
import uservice.cli.Exit;
import uservice.cli.Terminal;
import uservice.http.FirstAnswer;

/// The program: its command line over everything that is on the module path.
public final class Uservice {
  private Uservice() {}

  /// Runs the command that `arguments` name, with `features` beside those that modules provide, and returns the exit code
  /// (see [Exit]). `start` returns when the service has ended. The features given here run whether or not their section is
  /// in the configuration; what a section leaves out has its default.
  ///
  /// ```java
  /// void main(String[] arguments) {
  ///   System.exit(Uservice.run(arguments, new Orders()));
  /// }
  /// ```
  public static int run(String[] arguments, Feature<?>... features) {
    try {
      if (arguments.length > 0 && arguments[0].equals(StartCommand.NAME)) {
        FirstAnswer.prepare();
      }
      var sections = Sections.of(List.of(features));
      var commands = new ArrayList<Command>(List.of(new ParseCommand(), new StartCommand(sections), new ProbeCommand(),
          new SchemaCommand(sections), new VersionCommand()));
      ServiceLoader.load(Command.class).forEach(commands::add);
      return new CommandLine("uservice", commands, given -> sections.load(given, System.getenv()))
          .run(List.of(arguments), utf8(FileDescriptor.out), utf8(FileDescriptor.err), Terminal.watched());
    } catch (ServiceConfigurationError | IllegalArgumentException broken) {
      System.err.println("uservice: " + broken.getMessage());
      return Exit.FAILED.code();
    }
  }

  /// What is printed is UTF-8, whatever the locale; in a container there is none.
  private static PrintStream utf8(FileDescriptor stream) {
    return new PrintStream(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
  }
}

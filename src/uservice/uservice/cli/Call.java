package uservice.cli;

import module java.base;
import uservice.config.Configuration;
import uservice.config.ConfigurationException;

/// One use of a command: what was typed, where to print, and the way to the configuration in force.
///
/// @param out standard output
/// @param err standard error
/// @param terminal whether a person watches standard output
/// @param commands every command there is, in the order of the usage text
/// @param loader reads the configuration that the arguments name, each time anew
public record Call(Arguments arguments, PrintStream out, PrintStream err, boolean terminal, List<Command> commands, Loader loader) {
  /// Reads the configuration that `arguments` name (`-c`, `--set`), with the environment above the file.
  @FunctionalInterface public interface Loader {
    Configuration load(Arguments arguments) throws ConfigurationException;
  }

  /// The configuration in force.
  ///
  /// @throws ConfigurationException with every problem in it; ends the command with [Exit#REFUSED]
  public Configuration configuration() throws ConfigurationException {
    return loader.load(arguments);
  }
}

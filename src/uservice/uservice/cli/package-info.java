/// The command line: commands, their options, and the exit codes.
///
/// ## How it works
///
/// [CommandLine][uservice.cli.CommandLine] takes the first word as the name of a [Command][uservice.cli.Command], sorts the
/// other words into [Arguments][uservice.cli.Arguments] by the [options][uservice.cli.Option] that the command names, and
/// runs it with a [Call][uservice.cli.Call]. What comes of it is an exit code ([Exit][uservice.cli.Exit]):
///
/// | thrown | means | exit |
/// |---|---|---|
/// | `UsageException` | the command line is wrong | 2, with the usage line |
/// | `ConfigurationException` | the configuration is refused | 3, with every problem |
/// | `Failure` | something outside is in the way | 1, with one line |
/// | anything else | a bug of ours | 1, with the stack |
///
/// ## Why
///
/// - **Commands are data**: names, options and summaries are values, so that the help text, "did you mean" and the sorting
///   of words have one source, and a module's command looks like the chassis' own.
/// - **Streams are handed in**, so that tests read what a user would, without a process each.
/// - **No command is an error**, on stderr with exit 2: in a container a missing argument must not look like success.
package uservice.cli;

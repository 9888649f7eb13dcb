package uservice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import module java.base;
import org.junit.jupiter.api.Test;

class CommandLineTest {
  /// A command that takes one of everything and prints what it was given.
  private static final class Echo implements Command {
    @Override public String name() {
      return "echo";
    }

    @Override public String summary() {
      return "print the words";
    }

    @Override public String operands() {
      return "WORD";
    }

    @Override public int operandsMin() {
      return 1;
    }

    @Override public List<Option> options() {
      return List.of(Option.of("FILE", "a file", "-c", "--config"), Option.flag("as JSON", "--json"), Option.flag("quietly", "-q"));
    }

    @Override public boolean takesRest() {
      return true;
    }

    @Override public int run(Call call) throws Exception {
      Arguments given = call.arguments();
      switch (given.operands().getFirst()) {
        case "usage" -> throw new UsageException("makes no sense");
        case "fail" -> throw new Failure("port 8079 is taken");
        case "bug" -> throw new IllegalStateException("BUG: told");
        default -> call.out().println(given.operands() + " " + given.all("--config") + " json " + given.has("--json")
            + " v" + given.count("--verbose") + " q" + given.count("-q") + " " + given.rest());
      }
      return 0;
    }
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... words) {
    var line = new CommandLine("uservice", List.of(new Echo()), _ -> { throw new IllegalStateException("BUG: not asked for"); });
    return line.run(List.of(words), new PrintStream(out, true), new PrintStream(err, true), false);
  }

  private void expect(int code, String out, String err, String... words) {
    this.out.reset();
    this.err.reset();
    assertEquals(code, run(words));
    assertEquals(out, this.out.toString());
    assertEquals(err, this.err.toString());
  }

  @Test void sortsOptionsOperandsAndTheRest() {
    expect(0, "[hi] [a.yaml] json true v0 q0 []\n", "", "echo", "-c", "a.yaml", "--json", "hi");
    expect(0, "[hi] [a.yaml, b=c] json false v0 q0 []\n", "", "echo", "hi", "--config", "a.yaml", "--config=b=c");
    expect(0, "[hi] [] json false v3 q1 []\n", "", "echo", "-vv", "hi", "-vq");
    expect(0, "[hi] [] json false v0 q0 [-c, --help]\n", "", "echo", "hi", "--", "-c", "--help");
    expect(0, "[-] [] json false v0 q0 []\n", "", "echo", "-");
  }

  @Test void noCommandPrintsUsageToStderrAndExitsTwo() {
    expect(2, "", """
        usage: uservice COMMAND [OPTION]...

          echo      print the words

        'uservice COMMAND --help' says more of one.
        exit codes: 0 fine, 1 failed while running (probe: no), 2 wrong usage, 3 configuration refused
        """);
  }

  @Test void helpGoesToStdout() {
    String help = """
        usage: uservice echo WORD [-c FILE] [--json] [-q] [-- CMD ARG...]

        print the words

          -c, --config FILE  a file
          --json             as JSON
          -q                 quietly
          -v, --verbose      log more; twice for everything
          -h, --help         print this
        """;
    expect(0, help, "", "echo", "--help");
    expect(0, help, "", "echo", "hi", "-h");
    expect(0, help, "", "help", "echo");
  }

  @Test void wrongWordsSayWhatWouldBeRight() {
    String usage = "usage: uservice echo WORD [-c FILE] [--json] [-q] [-- CMD ARG...]\n";
    expect(2, "", "uservice: unknown command 'ecko', did you mean 'echo'?\nusage: uservice COMMAND; 'uservice --help' lists the commands\n", "ecko");
    expect(2, "", "uservice: unknown option '-c'\nusage: uservice COMMAND; 'uservice --help' lists the commands\n", "-c");
    expect(2, "", "uservice echo: unknown option '--jsn', did you mean '--json'?\n" + usage, "echo", "hi", "--jsn");
    expect(2, "", "uservice echo: option '--config' needs a value: --config FILE\n" + usage, "echo", "hi", "--config");
    expect(2, "", "uservice echo: option '-c' needs a value: -c FILE\n" + usage, "echo", "hi", "-c", "--", "x");
    expect(2, "", "uservice echo: option '--json' takes no value, got 'yes'\n" + usage, "echo", "hi", "--json=yes");
    expect(2, "", "uservice echo: missing WORD\n" + usage, "echo");
    expect(2, "", "uservice echo: unexpected argument 'there'\n" + usage, "echo", "hi", "there");
    expect(2, "", "uservice echo: makes no sense\n" + usage, "echo", "usage");
  }

  @Test void failureIsOneLineAndExitOne() {
    expect(1, "", "uservice echo: port 8079 is taken\n", "echo", "fail");
  }

  @Test void ourBugShowsItsStack() {
    assertEquals(1, run("echo", "bug"));
    assertEquals("uservice echo: internal error, please report it: java.lang.IllegalStateException: BUG: told", err.toString().lines().findFirst().get());
  }

  @Test void exitCodesAreThoseThatAreDocumented() {
    assertEquals(List.of(0, 1, 2, 3), Stream.of(Exit.values()).map(Exit::code).toList());
  }
}

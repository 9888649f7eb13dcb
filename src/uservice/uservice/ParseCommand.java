package uservice;

import module java.base;
import uservice.cli.Call;
import uservice.cli.Command;
import uservice.cli.Exit;
import uservice.cli.Option;

/// `uservice parse`: checks the configuration and prints what is in force, as YAML that `parse` accepts again.
final class ParseCommand implements Command {
  @Override public String name() {
    return "parse";
  }

  @Override public String summary() {
    return "check the configuration, print what is in force";
  }

  @Override public List<Option> options() {
    return CONFIGURATION;
  }

  @Override public int run(Call call) throws Exception {
    call.out().print(call.configuration().effective());
    return Exit.FINE.code();
  }
}

package uservice;

import module java.base;
import uservice.cli.Call;
import uservice.cli.Command;
import uservice.cli.Option;
import uservice.config.Configuration;
import uservice.log.Logging;

/// `uservice start`: runs the service until it is told to stop.
final class StartCommand implements Command {
  static final String NAME = "start";

  private final Sections sections;

  StartCommand(Sections sections) {
    this.sections = sections;
  }

  @Override public String name() {
    return NAME;
  }

  @Override public String summary() {
    return "run the service until it is told to stop";
  }

  @Override public List<Option> options() {
    return CONFIGURATION;
  }

  @Override public boolean takesRest() {
    return true;
  }

  @Override public int run(Call call) throws Exception {
    Configuration configuration = call.configuration();
    Settings settings = configuration.root(Settings.class);
    sections.checkCommand(call.arguments().rest());
    // Straight to the file descriptor: System.out would copy, lock and encode once more.
    Logging logging = Logging.install(settings.log(), settings.name(), new FileOutputStream(FileDescriptor.out), call.terminal());
    return new Service(sections, configuration, call, logging).run();
  }
}

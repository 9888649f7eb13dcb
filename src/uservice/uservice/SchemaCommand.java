package uservice;

import module java.base;
import uservice.cli.Call;
import uservice.cli.Command;
import uservice.cli.Exit;
import uservice.cli.Option;
import uservice.cli.UsageException;

/// `uservice schema`: the configuration's keys, for people or for editors.
final class SchemaCommand implements Command {
  private final Sections sections;

  SchemaCommand(Sections sections) {
    this.sections = sections;
  }

  @Override public String name() {
    return "schema";
  }

  @Override public String summary() {
    return "print the configuration's keys, types and defaults";
  }

  @Override public List<Option> options() {
    return List.of(
        Option.flag("as JSON Schema (draft 2020-12), for editors", "--json"),
        Option.flag("as a Markdown table; this is the default", "--markdown"));
  }

  @Override public int run(Call call) throws Exception {
    if (call.arguments().has("--json") && call.arguments().has("--markdown")) {
      throw new UsageException("--json and --markdown exclude each other");
    }
    call.out().print(call.arguments().has("--json") ? sections.schema().jsonSchema() : sections.schema().markdown());
    return Exit.FINE.code();
  }
}

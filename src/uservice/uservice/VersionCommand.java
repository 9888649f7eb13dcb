package uservice;

import module java.base;
import uservice.cli.Call;
import uservice.cli.Command;
import uservice.cli.Exit;
import uservice.cli.Option;
import uservice.json.Json;

/// `uservice version [--json]`; as JSON with the hashes of the files that it runs from, to be compared with those of the audit.
final class VersionCommand implements Command {
  @Override public String name() {
    return "version";
  }

  @Override public String summary() {
    return "print the versions of the program, its modules and Java";
  }

  @Override public List<Option> options() {
    return List.of(Option.flag("as one JSON object, with the SHA-256 of each file", "--json"));
  }

  @Override public int run(Call call) throws IOException {
    if (call.arguments().has("--json")) {
      var version = new LinkedHashMap<String, Object>();
      version.put("name", "uservice");
      version.put("version", Build.version());
      version.put("java", Build.java());
      version.put("modules", Build.modules());
      version.put("files", Build.files());
      call.out().println(Json.of(version));
    } else {
      call.out().println("uservice " + Build.version() + " (Java " + Build.java() + ")");
      Build.modules().forEach((module, version) -> call.out().println("  " + module + " " + version));
    }
    return Exit.FINE.code();
  }
}

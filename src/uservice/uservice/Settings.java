package uservice;

import module java.base;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.health.Health;
import uservice.http.Web;
import uservice.lifecycle.Shutdown;
import uservice.log.Logging;
import uservice.metrics.Metrics;
import uservice.trace.Tracer;

/// The chassis' own part of the configuration; the sections of the features stand beside these.
record Settings(
    @Doc("The service's name: in logs, in answers, in metrics.")
    @Default("uservice") String name,
    @Doc("The version that the service tells; that of uservice where it is left out.")
    Optional<String> version,
    @Doc("When the configuration is read anew: on SIGHUP only, or also when the file changes.")
    @Default("signal") Reload.When reload,
    Health.Config health,
    Web.Config web,
    Logging.Config log,
    Metrics.Config metrics,
    Tracer.Config trace,
    Shutdown.Config shutdown) {
  private static final int NAME_MAX = 63; // a DNS label's, which Kubernetes' names are

  Settings {
    if (name.isEmpty() || name.length() > NAME_MAX) {
      throw new IllegalArgumentException("name: must have 1 to " + NAME_MAX + " characters, has " + name.length());
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || i > 0 && (c == '-' || c == '.' || c == '_'))) {
        throw new IllegalArgumentException("name: '" + name + "' must be letters, digits, '-', '.', '_', a letter or digit first");
      }
    }
  }
}

package uservice.page;

import module java.base;
import uservice.Build;
import uservice.Service;
import uservice.config.Configuration;
import uservice.http.Reply;

/// What seldom changes: `GET /page/facts`, the build, the modules, and the configuration in force with its secrets masked.
final class Facts {
  private final Service service;
  private final ReentrantLock lock = new ReentrantLock(); // guards both below
  private Configuration seen;
  private long revision;

  Facts(Service service) {
    this.service = service;
  }

  /// A number that is another one as soon as the facts are others.
  long revision() {
    Configuration now = service.configuration();
    lock.lock();
    try {
      if (now != seen) {
        seen = now;
        revision++;
      }
      return revision;
    } finally {
      lock.unlock();
    }
  }

  Reply answer() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("facts", revision());
    facts.put("uservice", Build.version());
    facts.put("java", Build.java());
    facts.put("modules", Build.modules());
    facts.put("configuration", service.configuration().effective());
    return Reply.json(facts).header("Cache-Control", "no-store").header("X-Content-Type-Options", "nosniff");
  }
}

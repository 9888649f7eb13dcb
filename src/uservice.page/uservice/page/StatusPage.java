package uservice.page;

import module java.base;
import uservice.AdminPage;
import uservice.Service;
import uservice.log.Listening;
import uservice.log.Logging;

/// What the chassis finds: wires the page's parts, and adds its three routes to the health port.
public final class StatusPage implements AdminPage {
  private static final Duration CLOSING = Duration.ofSeconds(1);

  /// For `ServiceLoader`.
  public StatusPage() {}

  @Override public String name() {
    return "status";
  }

  @Override public String path() {
    return "/";
  }

  @Override public void open(Service service) {
    InstantSource wall = InstantSource.system();
    var warnings = new Warnings();
    Listening listening = Logging.listen(Logging.Level.WARN, warnings::add);
    var history = new History(service.health(), service.state(), wall);
    service.onState(history::entered);
    var sampler = new Sampler(service.metrics(), history, wall, System::nanoTime);
    var facts = new Facts(service);
    var status = new Status(service, sampler, history, warnings, facts, wall, instance());
    service.admin().get(path(), _ -> Document.reply()).unlogged();
    service.admin().get("/page/data", status::answer).unlogged();
    service.admin().get("/page/facts", _ -> facts.answer()).unlogged();
    service.health().onChange(_ -> history.look());
    service.onStop("end the status page's samples", CLOSING, () -> {
      sampler.close();
      listening.close();
    });
    sampler.start();
  }

  /// Another text in each process: random numbers would be the first of the start, and dear.
  private static String instance() {
    return Long.toHexString(System.currentTimeMillis()) + '-' + Long.toHexString(System.nanoTime());
  }
}

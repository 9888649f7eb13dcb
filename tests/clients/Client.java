import module java.base;
import static uservice.health.Checks.kickedWithin;
import static uservice.health.Checks.manual;

import uservice.Feature;
import uservice.Service;
import uservice.Uservice;

/// A program with probes, a counter and an orderly stop, by the jar itself: no port between, since it is in the same process.
///
///     java -cp build/modules/uservice.jar Client.java
public final class Client implements Feature<Client.Config> {
  public record Config() {}

  @Override public String section() { return "client"; }

  @Override public Class<Config> config() { return Config.class; }

  @Override public void start(Service service, Config config) {
    var loop = service.health().alive("loop", kickedWithin(Duration.ofSeconds(2)));
    service.health().ready("work", manual(true));
    var done = service.metrics().counter("work_done_total", "Work done.");
    Thread worker = Thread.ofPlatform().start(() -> {
      try {
        do {
          loop.kick();
          done.increment();
        } while (!service.awaitStop(Duration.ofMillis(300))); // here the work is done
      } catch (InterruptedException cut) {
        Thread.currentThread().interrupt();
      }
    });
    service.onStop("drain", Duration.ofSeconds(5), () -> {
      worker.join();
      System.out.println("drained");
    });
  }

  public static void main(String[] arguments) {
    System.exit(Uservice.run(new String[] {"start", "--set", "health.port=" + System.getenv().getOrDefault("HEALTH_PORT", "8079"), "--set", "shutdown.delay=0s"}, new Client()));
  }
}

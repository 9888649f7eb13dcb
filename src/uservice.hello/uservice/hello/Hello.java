package uservice.hello;

import static java.time.Duration.ofSeconds;
import static uservice.health.Checks.every;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.Feature;
import uservice.Service;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;
import uservice.counter.BoundedCounter;
import uservice.counter.CounterException;
import uservice.counter.Counters;
import uservice.http.Reply;
import uservice.json.Json;
import uservice.log.Field;
import uservice.metrics.Counter;

/// Greets, and counts its visitors up to a limit.
public final class Hello implements Feature<Hello.Config> {
  private static final Logger LOG = System.getLogger("uservice.hello");
  private static final Duration CLOSING = ofSeconds(2);

  /// What stands under `hello:` in the configuration.
  public record Config(
      @Doc("Who is greeted.") @Default("world") String greeting,
      @Doc("How many requests are counted before the rest is sent away.") @Default("100") @Range(min = 1) long limit,
      @Doc("Where the count is kept; memory: is this process alone.") @Default("memory:") URI counter,
      @Doc("The status of the answer past the limit.") @Default("429") @Range(min = 200, max = 599) int overLimitStatus,
      @Doc("Whether DELETE /counter begins the count again.") @Default("false") boolean allowReset) {

    public Config {
      try {
        Counters.open(counter, limit).close(); // connects to nothing, and tells what makes no sense
      } catch (IllegalArgumentException unfit) {
        throw new IllegalArgumentException("counter: " + unfit.getMessage(), unfit);
      }
    }
  }

  /// For `ServiceLoader`.
  public Hello() {}

  @Override public String section() {
    return "hello";
  }

  @Override public Class<Config> config() {
    return Config.class;
  }

  @Override public boolean sample() {
    return true;
  }

  @Override public void start(Service service, Config config) throws Exception {
    BoundedCounter counter = Counters.open(config.counter(), config.limit());
    service.onStop("close the counter", CLOSING, counter::close);
    service.health().ready("counter", every(ofSeconds(1)), () -> counter.ping());

    var counted = service.metrics().counter("hello_counted_total", "Requests that were given a number.");
    var refused = service.metrics().counter("hello_refused_total", "Requests that came past the limit.");
    Reply greeting = Reply.json(Map.of("hello", config.greeting()));
    service.web().get("/hello", _ -> greeting);
    service.web().get("/", _ -> count(counter, config, counted, refused));
    service.web().delete("/counter", _ -> reset(counter, config));
  }

  private static Reply count(BoundedCounter counter, Config config, Counter counted, Counter refused) {
    try {
      OptionalLong number = counter.next();
      if (number.isPresent()) {
        counted.increment();
        LOG.log(Level.INFO, "request", Field.of("request_count", number.getAsLong()));
        return answer("hello", config.greeting(), number.getAsLong());
      }
      refused.increment();
      return answer("Go", "away!", config.limit()).status(config.overLimitStatus());
    } catch (CounterException unreachable) {
      return unavailable(unreachable);
    }
  }

  private static Reply reset(BoundedCounter counter, Config config) {
    if (!config.allowReset()) {
      return Reply.problem(403, "Forbidden", "hello.allow_reset is false");
    }
    try {
      counter.reset();
      LOG.log(Level.INFO, "the counter was reset");
      return Reply.noContent();
    } catch (CounterException unreachable) {
      return unavailable(unreachable);
    }
  }

  private static Reply answer(String word, String whom, long number) {
    return Reply.json(new Json.Obj(orderly(word, new Json.Str(whom), "request_num", Json.of(number))));
  }

  private static Map<String, Json> orderly(String first, Json one, String second, Json two) {
    var members = new LinkedHashMap<String, Json>();
    members.put(first, one);
    members.put(second, two);
    return members;
  }

  private static Reply unavailable(CounterException unreachable) {
    LOG.log(Level.WARNING, "the counter cannot be reached: " + unreachable.getMessage());
    return Reply.problem(503, "Service Unavailable", "the counter cannot be reached").header("Retry-After", "1");
  }
}

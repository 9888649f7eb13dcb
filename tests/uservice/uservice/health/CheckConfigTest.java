package uservice.health;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uservice.health.Checks.manual;
import static uservice.health.Probe.ALIVE;
import static uservice.health.Probe.READY;
import static uservice.health.Probe.STARTUP;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testing.LogLines;
import uservice.config.HostPort;

class CheckConfigTest {
  private static final Optional<HostPort> DB = Optional.of(new HostPort("db", 5432));
  private final Health health = new Health(InstantSource.system(), System::nanoTime);
  private final LogLines log = new LogLines("uservice.health");

  @AfterEach void close() {
    health.close();
    log.close();
  }

  private static CheckConfig config(Optional<HostPort> tcp, String http, String dns, HttpCall.Method method, List<Integer> codes, Probe... probes) {
    return new CheckConfig(tcp, Optional.ofNullable(http).map(URI::create), Optional.ofNullable(dns), Optional.empty(), method, codes,
        List.of(probes), ofSeconds(10), ofSeconds(1), 1, 1, false);
  }

  private static String refusal(Optional<HostPort> tcp, String http, String dns, HttpCall.Method method, List<Integer> codes, Probe... probes) {
    return assertThrows(IllegalArgumentException.class, () -> config(tcp, http, dns, method, codes, probes)).getMessage();
  }

  private static CheckConfig file(Path path, Duration every) {
    return new CheckConfig(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(path), HttpCall.Method.GET, List.of(200),
        List.of(READY), every, ofSeconds(1), 1, 1, false);
  }

  @Test void refusesPartsThatDoNotGoTogether() {
    var get = HttpCall.Method.GET;
    var ok = List.of(200);
    assertEquals("exactly one of tcp, http, dns and file says what is checked; here is none", refusal(Optional.empty(), null, null, get, ok, READY));
    assertEquals("exactly one of tcp, http, dns and file says what is checked; here are 2", refusal(DB, null, "db", get, ok, READY));
    assertEquals("method and codes go with http only", refusal(DB, null, null, HttpCall.Method.POST, ok, READY));
    assertEquals("method and codes go with http only", refusal(DB, null, null, get, List.of(204), READY));
    assertEquals("code 99 is no final HTTP status, those go from 200 to 599", refusal(Optional.empty(), "http://a/", null, get, List.of(99), READY));
    assertTrue(refusal(Optional.empty(), "http://a/", null, get, List.of(), READY).startsWith("codes is empty"));
    assertTrue(refusal(DB, null, null, get, ok).startsWith("probes is empty"));
    assertTrue(refusal(Optional.of(new HostPort("", 1)), null, null, get, ok, READY).startsWith("tcp is ':1'"));
    assertTrue(refusal(Optional.empty(), null, " ", get, ok, READY).startsWith("dns is empty"));
    for (String uri : List.of("ftp://a/", "a", "http:///x", "http://user:secret@a/", "http://a:99999/", "http://a/" + "x".repeat(8000))) {
      assertTrue(refusal(Optional.empty(), uri, null, get, ok, READY).contains("is no address to ask"), uri);
    }
  }

  @Test void warnsOnceOfLivenessThatDependsOnOthers() {
    var external = config(DB, null, null, HttpCall.Method.GET, List.of(200), ALIVE);
    health.configure(Map.of("db", external));
    health.configure(Map.of("db", external));
    assertEquals(1, log.lines().size());
    assertTrue(log.lines().getFirst().startsWith("WARNING check 'db' makes liveness depend on something outside"));
  }

  @Test void runsWhatIsConfiguredAndFollowsAReload(@TempDir Path folder) throws IOException {
    Path here = Files.createFile(folder.resolve("here"));
    Path gone = folder.resolve("gone");
    health.configure(Map.of("one", file(here, ofMillis(20)), "two", file(here, ofMillis(20))));
    health.ready("own", manual(true));
    health.start();
    health.release(STARTUP);
    health.release(READY);
    Eventually.is("ready", () -> health.valid(READY));
    Instant since = health.verdict(READY, "two").orElseThrow().since();

    var changes = new CopyOnWriteArrayList<Verdict>();
    health.onChange(changes::add);
    health.configure(Map.of("two", file(here, ofMillis(20)), "three", file(gone, ofMillis(20))));
    assertEquals(Optional.empty(), health.verdict(READY, "one"));
    assertEquals(since, health.verdict(READY, "two").orElseThrow().since());
    Eventually.is("three", () -> health.verdict(READY, "three").orElseThrow().message().equals(gone + " does not exist"));
    Files.createFile(gone);
    Eventually.is("ready again", () -> health.valid(READY));
    Eventually.is("told of the fall and of the return", // the first valid may be told before or after the listener came
        () -> List.of(false, true).equals(changes.stream().map(Verdict::valid).dropWhile(valid -> valid).toList()));

    health.configure(Map.of("two", file(here, ofMillis(40)), "three", file(gone, ofMillis(40))));
    assertTrue(health.valid(READY), "a change of settings alone is no reason to be unready");
    health.configure(Map.of());
    assertEquals(List.of("own"), health.verdict(READY).details().stream().map(Detail::name).toList());
  }

  @Test void changesNothingWhereANameIsTaken() {
    health.ready("own", manual(true));
    var before = config(DB, null, null, HttpCall.Method.GET, List.of(200), READY);
    health.configure(Map.of("db", before));
    var clash = new LinkedHashMap<String, CheckConfig>();
    clash.put("fresh", before);
    clash.put("own", before);
    assertThrows(IllegalArgumentException.class, () -> health.configure(clash));
    assertEquals(Set.of("own", "db"), health.verdict(READY, Set.of("service")).details().stream().map(Detail::name).collect(Collectors.toSet()));
    health.configure(Map.of("db", before));
    assertFalse(health.valid(READY));
  }

  @Test void checksNamesAndPrefixWhenItIsRead() {
    assertThrows(IllegalArgumentException.class, () -> settings("/health/", Map.of()));
    assertThrows(IllegalArgumentException.class, () -> settings("health", Map.of()));
    assertThrows(IllegalArgumentException.class, () -> settings("/health", Map.of("service", file(Path.of("/x"), ofSeconds(1)))));
    assertEquals("", settings("", Map.of()).prefix());
    try (var configured = new Health(settings("/hams", Map.of("x", file(Path.of("/x"), ofSeconds(1)))), InstantSource.system(), System::nanoTime)) {
      assertTrue(configured.verdict(READY, "x").isPresent());
    }
  }

  private static Health.Config settings(String prefix, Map<String, CheckConfig> checks) {
    return new Health.Config("0.0.0.0", 8079, prefix, false, true, false, checks, Map.of(), Map.of());
  }
}

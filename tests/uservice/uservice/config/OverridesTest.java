package uservice.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

final class OverridesTest {
  private static final Map<String, String> NONE = Map.of();

  private static Sample variables(String... pairs) throws ConfigurationException {
    var environment = new HashMap<String, String>();
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(pairs[i], pairs[i + 1]);
    }
    return Sample.load(environment).root(Sample.class);
  }

  private static String set(String setting) {
    return String.join("\n", Sample.problems("", NONE, setting));
  }

  private static String variable(String name, String value) {
    return String.join("\n", Sample.problems("", Map.of(name, value)));
  }

  /// Every set of layers that say something, and which of them is heard.
  @Test
  void higherLayersStand() throws ConfigurationException {
    for (int layers = 0; layers < 8; layers++) {
      String file = (layers & 1) == 0 ? "{}" : "health: {port: 1, host: file}";
      Map<String, String> environment = (layers & 2) == 0 ? NONE : Map.of("USERVICE_HEALTH_PORT", "2", "USERVICE_LOG_SAMPLE", "0.5");
      String[] settings = (layers & 4) == 0 ? new String[0] : new String[] {"health.port=9", "health.port=3"};
      Sample sample = Sample.load(file, environment, settings).root(Sample.class);
      int port = layers >= 4 ? 3 : layers >= 2 ? 2 : layers == 1 ? 1 : 8079;
      assertEquals(port, sample.health().port(), "layers " + layers);
      assertEquals((layers & 1) == 0 ? "0.0.0.0" : "file", sample.health().host());
      assertEquals((layers & 2) == 0 ? 1 : 0.5, sample.log().sample());
    }
  }

  @Test
  void mappingsAreMergedAndListsReplaced() throws ConfigurationException {
    Sample sample = Sample.load("""
        log: {levels: {a: info, b: info}, fields: [x, y]}
        health: {checks: {one: {tcp: 'a:1', every: 1s}}}
        """, Map.of("USERVICE_LOG_LEVELS", "{b: debug}", "USERVICE_LOG_LEVELS_C", "warn", "USERVICE_LOG_FIELDS", "[z]"),
        "health.checks.one.every=2s", "health.checks={two: {tcp: 'b:2'}}", "log.levels.com.example=off").root(Sample.class);
    assertEquals(Map.of("a", "info", "b", "debug", "c", "warn", "com.example", "off"), sample.log().levels());
    assertEquals(List.of("a", "b", "c", "com.example"), List.copyOf(sample.log().levels().keySet()));
    assertEquals(List.of("z"), sample.log().fields());
    assertEquals(Duration.ofSeconds(2), sample.health().checks().get("one").every());
    assertEquals(new HostPort("b", 2), sample.health().checks().get("two").tcp().orElseThrow());
  }

  @Test
  void aSingleValueIsTheTextAsItIs() throws ConfigurationException {
    for (String text : List.of("~", "null", "yes", "'quoted'", "a: b", "[x", "${HOME}", "$$", " spaces ", "#x", "")) {
      assertEquals(text, variables("USERVICE_HEALTH_HOST", text).health().host());
      assertEquals(text, Sample.load(NONE, "health.host=" + text).root(Sample.class).health().host());
    }
    assertEquals(Optional.of("~"), variables("USERVICE_NOTE", "~").note());
    assertEquals(Optional.empty(), variables("USERVICE_NOTE", "").note());
    assertEquals("environment variable USERVICE_HEALTH_PORT: error: health.port needs a value: a whole number; leave the key out for the default 8079",
        variable("USERVICE_HEALTH_PORT", ""));
  }

  @Test
  void anOverrideMakesASectionPresent() throws ConfigurationException {
    assertEquals(Optional.empty(), Sample.load(NONE).section("hello"));
    assertEquals("x", ((Sample.Hello) Sample.load(Map.of("USERVICE_HELLO_GREETING", "x")).section("hello").orElseThrow()).greeting());
    assertEquals("y", ((Sample.Hello) Sample.load(NONE, "hello.greeting=y").section("hello").orElseThrow()).greeting());
    assertEquals("world", ((Sample.Hello) Sample.load(NONE, "hello=").section("hello").orElseThrow()).greeting());
    assertEquals(List.of("environment variable USERVICE_DB_AT: error: db.password is missing; it has no default, write a secret text"),
        Sample.problems("", Map.of("USERVICE_DB_AT", "db:1")));
    assertEquals(Optional.empty(), Sample.load("tls: {cert: /a, key: /b}", NONE, "tls=").root(Sample.class).tls());
  }

  @Test
  void unknownVariablesAreProblems() {
    assertEquals("environment variable USERVICE_HEALT_PORT: error: no setting has the name USERVICE_HEALT_PORT, did you mean 'USERVICE_HEALTH_PORT'?",
        variable("USERVICE_HEALT_PORT", "1"));
    assertEquals("environment variable USERVICE_SOMETHING_ELSE: error: no setting has the name USERVICE_SOMETHING_ELSE", variable("USERVICE_SOMETHING_ELSE", "1"));
    assertEquals("environment variable USERVICE_LOG_LEVELS_: error: no setting has the name USERVICE_LOG_LEVELS_, did you mean 'USERVICE_LOG_LEVELS'?",
        variable("USERVICE_LOG_LEVELS_", "1"));
    assertEquals("environment variable USERVICE_HEALTH_CHECKS_DB: error: no setting has the name USERVICE_HEALTH_CHECKS_DB, did you mean 'USERVICE_HEALTH_CHECKS'?",
        variable("USERVICE_HEALTH_CHECKS_DB", "{}"));
  }

  @Test
  void otherAndReservedVariablesAreNot() throws ConfigurationException {
    assertEquals(Schema.defaults(Sample.class),
        variables("USERVICE_CONFIG", "x", "USERVICE_CONTROL", "y", "USERVICEX", "z", "uservice_health_port", "1", "OTHER_HEALTH_PORT", "2"));
    assertTrue(Sample.load(Map.of("USERVICE_CONFIG", "x", "HOME", "/")).isEmpty());
  }

  /// What the kubelet sets for Services called `uservice` and `uservice-health`, and Docker for links of these names.
  @Test
  void ignoresWhatKubernetesInjects() throws ConfigurationException {
    var environment = new HashMap<String, String>();
    for (String service : List.of("USERVICE", "USERVICE_HEALTH", "USERVICE_HELLO", "USERVICE_WEB_2")) {
      environment.putAll(Map.of(
          service + "_SERVICE_HOST", "10.0.0.1",
          service + "_SERVICE_PORT", "8079",
          service + "_SERVICE_PORT_HTTP_METRICS", "8079",
          service + "_PORT", "tcp://10.0.0.1:8079",
          service + "_PORT_8079_TCP", "tcp://10.0.0.1:8079",
          service + "_PORT_8079_TCP_PROTO", "tcp",
          service + "_PORT_8079_TCP_PORT", "8079",
          service + "_PORT_8079_TCP_ADDR", "10.0.0.1",
          service + "_PORT_53_UDP", "udp://10.0.0.1:53",
          service + "_PORT_53_SCTP_ADDR", "10.0.0.1"));
    }
    assertTrue(Sample.load(environment).isEmpty());
    environment.put("USERVICE_HEALTH_PORT", "9000");
    assertEquals(9000, Sample.load(environment).root(Sample.class).health().port());
    for (String name : List.of("USERVICE_PORT", "USERVICE_PORT_TCP", "USERVICE_X_8_TCP", "USERVICE_PORT_80_TCP_X", "USERVICE_PORT__TCP", "USERVICE_PORT_8O_TCP")) {
      assertTrue(variable(name, "80").startsWith("environment variable " + name + ": error: no setting"), name);
    }
  }

  @Test
  void settingsFollowTheSchema() {
    assertEquals("--set helth.port: error: unknown key 'helth.port', did you mean 'health.port'?", set("helth.port=1"));
    assertEquals("--set health.prot: error: unknown key 'health.prot', did you mean 'health.port'?", set("health.prot=1"));
    assertEquals("--set health.checks.db.evry: error: unknown key 'health.checks.db.evry', did you mean 'health.checks.db.every'?", set("health.checks.db.evry=1"));
    assertEquals("--set : error: write it as KEY=VALUE, such as --set health.port=9000", set("=1"));
    assertEquals("--set health.port: error: write it as KEY=VALUE, such as --set health.port=9000", set("health.port"));
    assertEquals("--set health.: error: unknown key 'health.'", set("health.=1"));
    assertEquals("--set health.port.x: error: 'health.port' is a whole number, nothing can follow it", set("health.port.x=1"));
    assertEquals("--set log.fields.0: error: 'log.fields' is a list, such as [a, b], nothing can follow it", set("log.fields.0=x"));
    assertEquals("--set log.levels.: error: 'log.levels' is a mapping of names to values, nothing can follow it", set("log.levels.=x"));
    assertEquals("--set health.port: error: health.port is '1=2', expected a whole number", set("health.port=1=2"));
    assertEquals("--set a\\nb: error: unknown key 'a\\nb'", set("a\nb=x"));
  }

  @Test
  void aConstructorsWordsPointAtTheLayerThatStands() {
    assertEquals("--set shutdown.delay: error: shutdown.delay: does not fit in grace", String.join("\n", Sample.problems("shutdown: {delay: 40s}", NONE, "shutdown.delay=50s")));
    assertEquals("--set shutdown.grace: error: shutdown.delay: does not fit in grace", set("shutdown.grace=1s"));
  }

  @Test
  void structuresAreYamlWithPlaces() {
    assertEquals("""
        environment variable USERVICE_HEALTH:1:2: error: unknown key 'prt', did you mean 'port'?
           1 | {prt: 1}
             |  ^^^
        --set log.fields:1:1: error: log.fields is 'x', expected a list, such as [a, b]
           1 | x
             | ^
        2 problems; no
        """,
        Sample.refused("", Map.of("USERVICE_HEALTH", "{prt: 1}", "USERVICE_LOG_FIELDS", ""), "log.fields=x").render("no"));
    assertThrows(ConfigurationException.class, () -> Sample.load(Map.of("USERVICE_LOG_FIELDS", "")));
    assertTrue(variable("USERVICE_LOG_FIELDS", "[a").startsWith("environment variable USERVICE_LOG_FIELDS:1:"), "the place in the variable");
  }
}

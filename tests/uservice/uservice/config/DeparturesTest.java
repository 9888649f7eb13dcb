package uservice.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is in force as a tree: all of it, and what is not as by default.
final class DeparturesTest {
  @TempDir Path folder;

  @Test void holdsNothingWhereNothingIsConfigured() throws Exception {
    assertEquals(Map.of(), Sample.load("", Map.of()).departures());
    assertEquals(Map.of("hello", Map.of()), Sample.load("hello: {}", Map.of()).departures(), "a section is present, empty as it is");
  }

  @Test void holdsWhatDiffersAlone() throws Exception {
    Map<String, Object> departures = Sample.load("""
        name: uservice
        reload: file_change
        health: {port: 9000, host: 0.0.0.0, checks: {db: {tcp: "db:5432", codes: [200]}}}
        log: {fields: [], levels: {}}
        shutdown: {delay: 5s, grace: 1m}
        """, Map.of(), "max_body=2MiB").departures();
    assertEquals("{reload=file_change, health={port=9000, checks={db={tcp=db:5432}}}, log={fields=[]}, shutdown={grace=PT1M}, max_body=2MiB}",
        departures.toString());
    assertEquals(Duration.ofMinutes(1), ((Map<?, ?>) departures.get("shutdown")).get("grace"));
  }

  @Test void holdsEverythingOnceAsked() throws Exception {
    Map<String, Object> values = Sample.load("hello: {limit: 3}", Map.of()).values();
    assertEquals("{name=uservice, reload=signal, health={port=8079, host=0.0.0.0, on_web=false, checks={}}, "
        + "log={levels={}, sample=1.0, fields=[time, level]}, shutdown={delay=PT5S, grace=PT30S}, max_body=1MiB, hello={greeting=world, counter=memory:/, limit=3}}",
        values.toString());
  }

  @Test void keepsSecretsSecret() throws Exception {
    Path file = Files.writeString(folder.resolve("greeting"), "canary\n");
    Configuration configuration = Sample.load("db: {at: 'db:1', password: canary, older: [canary], users: {a: canary}}\n"
        + "hello: {greeting: 'x ${file:" + file + "}', counter: 'redis://:${file:" + file + "}@db/'}\n", Map.of());
    for (Map<String, Object> values : List.of(configuration.values(), configuration.departures())) {
      assertFalse(values.toString().contains("canary"), values.toString());
      assertEquals(Secret.of("x canary"), ((Map<?, ?>) values.get("hello")).get("greeting"));
      assertEquals(Secret.of("redis://:canary@db/"), ((Map<?, ?>) values.get("hello")).get("counter"));
      assertEquals(List.of(Secret.of("canary")), ((Map<?, ?>) values.get("db")).get("older"));
    }
  }
}

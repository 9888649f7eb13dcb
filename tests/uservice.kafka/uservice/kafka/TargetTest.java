package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import uservice.wire.Address.Host;
import uservice.wire.Sasl;

final class TargetTest {
  @TempDir Path folder;

  private static Target parse(String uri) { return Target.parse(URI.create(uri), Set.of()); }

  private static String refused(String uri) {
    String why = assertThrows(IllegalArgumentException.class, () -> parse(uri)).getMessage();
    assertFalse(why.contains("s3cret"), why);
    return why;
  }

  @Test void readsOneHostOrSeveral() {
    assertEquals(List.of(new Host("a", 9092)), parse("kafka://a/jobs").address().hosts());
    Target several = parse("kafka://us%40er:s3cret%2C@a:1,b_1,c:3/jobs?sasl=plain");
    assertEquals(List.of(new Host("a", 1), new Host("b_1", 9092), new Host("c", 3)), several.address().hosts());
    assertEquals("kafka://a:1,b_1:9092,c:3/jobs", several.where());
    assertEquals("us@er", several.login().get().user());
    assertEquals("s3cret,", several.login().get().password());
    assertEquals("PLAIN as 'us@er'", several.login().get().toString());
    assertEquals("[::1]:9094", parse("kafka://[::1]:9094").address().hosts().getFirst().toString());
  }

  @Test void logsInByScramUnlessToldOtherwise() throws IOException {
    assertEquals(Sasl.Mechanism.SCRAM_SHA_512, parse("kafka://u:p@a").login().get().mechanism());
    assertEquals(Sasl.Mechanism.SCRAM_SHA_256, parse("kafka://u:p@a?sasl=scram-sha-256").login().get().mechanism());
    assertEquals("from file", parse("kafka://u@a?password_file=" + Files.writeString(folder.resolve("p"), "from file\n")).login().get().password());
    assertTrue(parse("kafka://a").login().isEmpty());
  }

  @Test void speaksTlsOnlyWhereMeant() {
    assertTrue(parse("kafka://a").tls().isEmpty());
    assertTrue(parse("kafkas://a?tls_verify=none").tls().isPresent());
    assertEquals("parameter 'tls_verify' is 'no', must be full, chain or none", refused("kafkas://a?tls_verify=no"));
    assertTrue(refused("kafka://a?tls_verify=none").startsWith("unknown parameter 'tls_verify'"));
  }

  @Test void saysWhatMakesNoSense() {
    assertEquals("must look like kafka://host:9092/…, or kafkas:// for TLS", refused("redis://a"));
    assertEquals("names no host, must look like kafka://host:9092/…", refused("kafka:///jobs"));
    assertEquals("has a comma without a host beside it", refused("kafka://a,/jobs"));
    assertEquals("names 33 hosts, at most 32", refused("kafka://" + "a,".repeat(32) + "a"));
    assertEquals("port is not a number from 1 to 65535", refused("kafka://u:s3cret@a:9092,b:s3cret"));
    assertEquals("has the user 'u' without a password: must be behind a colon, or in a file named by password_file", refused("kafka://u@a"));
    assertEquals("has a SASL mechanism, but no user", refused("kafka://a?sasl=plain"));
    assertEquals("has a password, but no user", refused("kafka://:s3cret@a"));
    assertEquals("parameter 'sasl' is 'scram-sha-25', did you mean 'scram-sha-256'?", refused("kafka://u:s3cret@a?sasl=scram-sha-25"));
    assertEquals("parameter 'client' is 'a b', must be 1 to 200 of a-z, A-Z, 0-9, '.', '_' and '-'", refused("kafka://a?client=a%20b"));
    assertEquals("has a password and a password_file, must be one of them", refused("kafka://u:s3cret@a?password_file=/none"));
    assertEquals("password_file /none/at/all: no such file", refused("kafka://u@a?password_file=/none/at/all"));
    assertEquals("user and password must have no zero character", refused("kafka://u:s3cret%00@a"));
    assertTrue(refused("kafka://a?timeot=1").contains("did you mean 'timeout'?"));
  }

  @Test void readsHowAProducerCollects() {
    Target target = Target.parse(URI.create("kafka://a?batch_bytes=100&linger=0&buffer_bytes=70000&delivery_timeout=1m&compression=gzip"), ProducerSettings.PARAMETERS);
    assertEquals(new ProducerSettings(100, Duration.ZERO, 70_000, Duration.ofMinutes(1), true), ProducerSettings.of(target.address()));
    assertEquals("parameter 'compression' is 'zstd', must be none or gzip", assertThrows(IllegalArgumentException.class,
        () -> Producer.open(URI.create("kafka://a?compression=zstd"))).getMessage());
  }
}

package uservice.postgres;

import module java.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import uservice.postgres.Target.ChannelBinding;
import uservice.postgres.Target.SslMode;

final class TargetTest {
  private static Target target(String uri) { return Target.parse(URI.create(uri), _ -> null); }

  private static String refused(String uri) {
    String message = assertThrows(IllegalArgumentException.class, () -> target(uri)).getMessage();
    assertFalse(message.contains("s3cr3t"), message);
    return message;
  }

  @Test void takesDefaultsAsLibpqDoes() {
    var target = target("postgres://db");
    assertEquals(System.getProperty("user.name"), target.user);
    assertEquals(target.user, target.database);
    assertEquals(Optional.empty(), target.password);
    assertEquals("postgres://db:5432/" + target.user, target.where);
    assertEquals(SslMode.PREFER, target.sslMode);
    assertEquals(ChannelBinding.PREFER, target.channelBinding);
    assertFalse(target.allowPlain);
    assertFalse(target.local());
    assertEquals("uservice", target.applicationName);
    assertEquals(Duration.ofSeconds(2), target.connectTimeout);
    assertEquals(Duration.ofSeconds(5), target.timeout);
    assertEquals(Duration.ofSeconds(2), target.checkoutTimeout);
    assertEquals(8, target.pool);
    assertEquals("default", target.name);
    assertEquals("someone", target("postgres://someone@db").database);
    assertEquals("postgres://localhost:5432/" + target.user, target("postgres:///").where);
  }

  @Test void takesEveryParameter() {
    var target = target("postgresql://us%65r:s3cr3t%2F@[::1]:6543/my%20base?sslmode=require&channel_binding=require&application_name=x&connect_timeout=500ms"
        + "&timeout=1m&checkout_timeout=3&pool=100&allow_plain=true&name=orders");
    assertEquals("user", target.user);
    assertEquals("my base", target.database);
    assertEquals(Optional.of("s3cr3t/"), target.password);
    assertEquals("postgresql://[::1]:6543/my base", target.where);
    assertEquals(SslMode.REQUIRE, target.sslMode);
    assertEquals(ChannelBinding.REQUIRE, target.channelBinding);
    assertTrue(target.allowPlain);
    assertEquals("x", target.applicationName);
    assertEquals(Duration.ofMillis(500), target.connectTimeout);
    assertEquals(Duration.ofMinutes(1), target.timeout);
    assertEquals(Duration.ofSeconds(3), target.checkoutTimeout);
    assertEquals(100, target.pool);
    assertEquals("orders", target.name);
    assertFalse(target.toString().contains("s3cr3t"));
  }

  @Test void takesThePasswordOfTheEnvironmentWhereTheUriHasNone() {
    UnaryOperator<String> environment = Map.of("PGPASSWORD", "from the environment")::get;
    assertEquals(Optional.of("from the environment"), Target.parse(URI.create("postgres://u@db"), environment).password);
    assertEquals(Optional.of("own"), Target.parse(URI.create("postgres://u:own@db"), environment).password);
    assertEquals(Optional.empty(), Target.parse(URI.create("postgres://u@db"), _ -> "").password);
  }

  @Test void takesAUnixSocket() {
    var target = target("postgres://u@/base?host=/run/postgresql");
    assertTrue(target.local());
    assertEquals("postgres:///run/postgresql/.s.PGSQL.5432/base", target.where);
    assertEquals("postgres:///x/.s.PGSQL.5432/base", target("postgres:///base?host=%2Fx").where);
  }

  @Test void refusesWhatMakesNoSense() {
    assertEquals("parameter 'sslmode' is 'verify-ful', did you mean 'verify-full'?", refused("postgres://u:s3cr3t@db/?sslmode=verify-ful"));
    assertEquals("parameter 'sslmode' is 'VERIFY_CA', did you mean 'verify-ca'?", refused("postgres://u:s3cr3t@db/?sslmode=VERIFY_CA"));
    assertEquals("parameter 'channel_binding' is 'yes', must be disable, prefer or require", refused("postgres://u:s3cr3t@db/?channel_binding=yes"));
    assertEquals("parameter 'allow_plain' is '1', must be true or false", refused("postgres://u:s3cr3t@db/?allow_plain=1"));
    assertTrue(refused("postgres://u:s3cr3t@db/?ssl_mode=require").startsWith("unknown parameter 'ssl_mode', did you mean 'sslmode'?"));
    assertTrue(refused("postgres://u:s3cr3t@db/?pool=101").contains("'pool'"));
    assertTrue(refused("postgres://u:s3cr3t@db/?pool=0").contains("'pool'"));
    assertTrue(refused("postgres://u:s3cr3t@db/?timeout=0").contains("'timeout'"));
    assertTrue(refused("postgres://u:s3cr3t@db/?connect_timeout=11m").contains("'connect_timeout'"));
    assertTrue(refused("postgres://u:s3cr3t@db:0/").contains("port"));
    assertTrue(refused("postgres://u:s3cr3t@a,b/").contains("several hosts"));
    assertTrue(refused("postgres://u:s3cr3t@db/?host=other").contains("'host' must be the folder of a Unix socket"));
    assertTrue(refused("postgres://u:s3cr3t@db/?host=/run").contains("'host' must be the folder of a Unix socket"));
    assertTrue(refused("postgres://u:s3cr3t@db/" + "x".repeat(201)).contains("the database must have 1 to 200 characters"));
    assertTrue(refused("postgres://u:s3cr3t@db/?name=a%00b").contains("the name must have"));
    assertTrue(refused("postgres://u:s3cr3t%00@db/").contains("the password must have no zero"));
    assertTrue(refused("postgres://u:s3cr3t@db/?sslmode=verify-full&sslrootcert=/absent/root.pem").contains("/absent/root.pem"));
    assertTrue(refused("postgres://u:s3cr3t@db/?sslcert=/absent/me.pem").contains("key"));
  }
}

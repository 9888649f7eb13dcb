package uservice.postgres;

import module java.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class SaslPrepTest {
  // RFC 4013, section 3, and what PostgreSQL does where it fails: the password as it is
  @Test void preparesPasswords() {
    assertEquals("user USER", SaslPrep.prepare("user USER"));
    assertEquals("a\tb", SaslPrep.prepare("a\tb")); // ASCII as it is, as PostgreSQL has it
    assertEquals("IX", SaslPrep.prepare("I\u00adX"));
    assertEquals("a", SaslPrep.prepare("\u00aa"));
    assertEquals("IX", SaslPrep.prepare("\u2168"));
    assertEquals("x y", SaslPrep.prepare("x\u00a0y"));
    assertEquals("\u00e9", SaslPrep.prepare("e\u0301"));
    assertEquals("\u00fc\u0007", SaslPrep.prepare("\u00fc\u0007")); // a control character
    assertEquals("u\u0308\ue000", SaslPrep.prepare("u\u0308\ue000")); // private use: not even normalized
    assertEquals("u\u0308\u0627", SaslPrep.prepare("u\u0308\u0627")); // two directions
    assertEquals("\u06271", SaslPrep.prepare("\u06271")); // does not end right-to-left
    assertEquals("\u0627\u0628", SaslPrep.prepare("\u0627\u0628"));
    assertEquals("\u00ad", SaslPrep.prepare("\u00ad")); // nothing is left
  }
}

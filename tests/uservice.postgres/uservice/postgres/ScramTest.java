package uservice.postgres;

import module java.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ScramTest {
  private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER = NONCE + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
  private static final String FIRST = "r=" + SERVER + ",s=" + SALT + ",i=4096";

  private static Scram scram() { return new Scram("user", "pencil", Scram.Binding.NONE, NONCE); }

  // RFC 7677, section 3
  @Test void agreesWithTheVectorOfTheRfc() throws Exception {
    var scram = scram();
    assertEquals("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", scram.first());
    assertEquals("c=biws,r=" + SERVER + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", scram.last(FIRST));
    scram.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  }

  private static void refuses(String message, String serverFirst) {
    assertEquals("SCRAM: " + message, assertThrows(ProtocolException.class, () -> scram().last(serverFirst)).getMessage());
  }

  @Test void refusesAServersFirstMessageThatCannotBe() {
    refuses("the server's first message is not r=…,s=…,i=…", "");
    refuses("the server's first message is not r=…,s=…,i=…", "e=other-error");
    refuses("the server's first message is not r=…,s=…,i=…", "m=ext," + FIRST);
    refuses("the server's first message is not r=…,s=…,i=…", FIRST.replace("i=4096", "i=04096"));
    refuses("the server's first message is not r=…,s=…,i=…", FIRST.replace("i=4096", "i=99999999999"));
    refuses("the server's nonce must be the client's and more", FIRST.replace("r=r", "r=R"));
    refuses("the server's nonce must be the client's and more", FIRST.replace(SERVER, NONCE));
    refuses("the server wants 4095 iterations, expected 4096 to 2000000", FIRST.replace("i=4096", "i=4095"));
    refuses("the server wants 2000001 iterations, expected 4096 to 2000000", FIRST.replace("i=4096", "i=2000001"));
    refuses("what the server sent is not Base64", FIRST.replace(SALT, "W22Z=J0SNY7soEsUEjb6gQ=="));
  }

  @Test void holdsTheServerToItsProof() throws Exception {
    for (String last : List.of("", "v=", "e=invalid-proof", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95H4=", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G=")) {
      var scram = scram();
      scram.last(FIRST);
      assertTrue(assertThrows(ProtocolException.class, () -> scram.verify(last)).getMessage().startsWith("SCRAM: "));
    }
    var early = scram();
    assertThrows(ProtocolException.class, () -> early.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
  }

  @Test void takesAnotherNonceEachTime() {
    var nonces = new HashSet<String>();
    for (int i = 0; i < 100; i++) {
      nonces.add(new Scram("pencil", Scram.Binding.NONE).first());
    }
    assertEquals(100, nonces.size());
    assertTrue(nonces.iterator().next().matches("n,,n=,r=[A-Za-z0-9+/]{24}"));
  }

  @Test void bindsTheHeaderAndTheData() throws Exception {
    assertTrue(new Scram("", "pencil", Scram.Binding.NOT_OFFERED, NONCE).last(FIRST).startsWith("c=eSws,r="));
    var bound = new Scram("", "pencil", new Scram.Binding("p=tls-server-end-point,,", new byte[] {1, 2}), NONCE);
    assertEquals("p=tls-server-end-point,,n=,r=" + NONCE, bound.first());
    assertTrue(bound.last(FIRST).startsWith("c=" + Base64.getEncoder().encodeToString("p=tls-server-end-point,,\1\2".getBytes()) + ",r="));
  }

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

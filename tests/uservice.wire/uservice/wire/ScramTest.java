package uservice.wire;

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

  private static Scram scram() { return new Scram(Scram.Hash.SHA_256, "user", "pencil", Scram.Binding.NONE, NONCE); }

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
      nonces.add(new Scram(Scram.Hash.SHA_256, "", "pencil", Scram.Binding.NONE).first());
    }
    assertEquals(100, nonces.size());
    assertTrue(nonces.iterator().next().matches("n,,n=,r=[A-Za-z0-9+/]{24}"));
  }

  @Test void bindsTheHeaderAndTheData() throws Exception {
    assertTrue(new Scram(Scram.Hash.SHA_256, "", "pencil", Scram.Binding.NOT_OFFERED, NONCE).last(FIRST).startsWith("c=eSws,r="));
    var bound = new Scram(Scram.Hash.SHA_256, "", "pencil", new Scram.Binding("p=tls-server-end-point,,", new byte[] {1, 2}), NONCE);
    assertEquals("p=tls-server-end-point,,n=,r=" + NONCE, bound.first());
    assertTrue(bound.last(FIRST).startsWith("c=" + Base64.getEncoder().encodeToString("p=tls-server-end-point,,\1\2".getBytes()) + ",r="));
  }

  // computed by another implementation of HMAC and PBKDF2
  @Test void hashesWithSha512() throws Exception {
    var scram = new Scram(Scram.Hash.SHA_512, "user", "pencil", Scram.Binding.NONE, NONCE);
    assertEquals("SCRAM-SHA-512", Scram.Hash.SHA_512.mechanism());
    assertEquals("c=biws,r=" + SERVER + ",p=/3obeUE1tHCJjbQttd+ChF5ox2IU1rNjj2wVDnbQ5LdNT126oy4QgLz2tHw/Uj7Gwb6PRuHOS3HC+45exxT58A==",
        scram.last("r=" + SERVER + ",s=Yin2FuHTt/M0kJWb0t9OI32n2VmOGi3m+JfjOvuDF88=,i=4096"));
    scram.verify("v=5AwW78p+EVPirB3A5lrHcvrN8pVKRlR3opLuRoxXrN9ubKokkPzVPzWNNNuBbrtZrv5mpfKZ7+QCDSZWeZQEqw==");
  }

  @Test void masksCommasAndEqualsSignsInUsers() {
    assertEquals("n,,n=a=2Cb=3Dc,r=" + NONCE, new Scram(Scram.Hash.SHA_256, "a,b=c", "pencil", Scram.Binding.NONE, NONCE).first());
  }
}

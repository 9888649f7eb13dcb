package uservice.postgres;

import module java.base;

import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

import static java.nio.charset.StandardCharsets.UTF_8;

/// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, 7677, 5929), the client's side: both prove that they know the password, and neither says
/// it. A [ProtocolException] says what the server got wrong.
///
/// ```
///   n,,n=,r=NONCE  ──▶  ◀──  r=NONCE+,s=SALT,i=4096
///   c=biws,r=NONCE+,p=PROOF  ──▶  ◀──  v=SIGNATURE
/// ```
final class Scram {
  static final int ITERATIONS_MIN = 4_096;
  static final int ITERATIONS_MAX = 2_000_000;
  private static final int NONCE_BYTES = 18;
  private static final int KEY_BITS = 256;

  /// What ties this exchange to the TLS connection: the header as RFC 5802 has it, and the bytes that only the two ends can know.
  record Binding(String header, byte[] data) {
    /// No TLS.
    static final Binding NONE = new Binding("n,,", new byte[0]);
    /// The client would bind, and the server does not offer it, or somebody in between took the offer out.
    static final Binding NOT_OFFERED = new Binding("y,,", new byte[0]);

    /// The hash of the server's certificate, `tls-server-end-point`; empty where its signature has none that RFC 5929 knows.
    static Optional<Binding> to(X509Certificate certificate) {
      try {
        String algorithm = certificate.getSigAlgName();
        int with = algorithm.indexOf("with");
        String hash = with > 0 ? algorithm.substring(0, with) : "";
        if (algorithm.equals("RSASSA-PSS")) {
          var parameters = AlgorithmParameters.getInstance(algorithm);
          parameters.init(certificate.getSigAlgParams());
          hash = parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
        }
        hash = hash.replaceFirst("^SHA-?([0-9])", "SHA-$1");
        if (hash.isEmpty()) {
          return Optional.empty();
        }
        hash = hash.equals("MD5") || hash.equals("SHA-1") ? "SHA-256" : hash;
        return Optional.of(new Binding("p=tls-server-end-point,,", MessageDigest.getInstance(hash).digest(certificate.getEncoded())));
      } catch (GeneralSecurityException | IOException unknown) {
        return Optional.empty();
      }
    }
  }

  private final String password;
  private final String nonce;
  private final String firstBare;
  private final Binding binding;
  private byte[] serverSignature;

  Scram(String password, Binding binding) {
    this("", password, binding, nonce());
  }

  /// PostgreSQL takes the user from its start-up message, and `user` here is empty.
  Scram(String user, String password, Binding binding, String nonce) {
    this.password = password;
    this.nonce = nonce;
    this.firstBare = "n=" + user + ",r=" + nonce;
    this.binding = binding;
  }

  private static String nonce() {
    var random = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getEncoder().encodeToString(random);
  }

  String first() { return binding.header + firstBare; }

  /// The answer to the server's first message.
  String last(String serverFirst) throws ProtocolException {
    Matcher parts = Pattern.compile("r=([!-+\\--~]+),s=([A-Za-z0-9+/=]+),i=([1-9][0-9]{0,8})(,.*)?").matcher(serverFirst);
    if (!parts.matches()) {
      throw new ProtocolException("SCRAM: the server's first message is not r=…,s=…,i=…");
    }
    if (!parts.group(1).startsWith(nonce) || parts.group(1).length() == nonce.length()) {
      throw new ProtocolException("SCRAM: the server's nonce must be the client's and more");
    }
    int iterations = Integer.parseInt(parts.group(3));
    if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
      throw new ProtocolException("SCRAM: the server wants " + iterations + " iterations, expected " + ITERATIONS_MIN + " to " + ITERATIONS_MAX);
    }
    var bound = new ByteArrayOutputStream();
    bound.writeBytes(binding.header.getBytes(UTF_8));
    bound.writeBytes(binding.data);
    String bare = "c=" + Base64.getEncoder().encodeToString(bound.toByteArray()) + ",r=" + parts.group(1);
    byte[] said = (firstBare + "," + serverFirst + "," + bare).getBytes(UTF_8);
    try {
      byte[] salt = decoded(parts.group(2));
      byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(new PBEKeySpec(SaslPrep.prepare(password).toCharArray(), salt, iterations, KEY_BITS)).getEncoded();
      byte[] clientKey = hmac(salted, "Client Key".getBytes(UTF_8));
      byte[] proof = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), said);
      for (int i = 0; i < proof.length; i++) {
        proof[i] ^= clientKey[i];
      }
      serverSignature = hmac(hmac(salted, "Server Key".getBytes(UTF_8)), said);
      return bare + ",p=" + Base64.getEncoder().encodeToString(proof);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("BUG: " + e, e);
    }
  }

  /// Holds the server to its proof.
  void verify(String serverLast) throws ProtocolException {
    if (serverSignature == null || !serverLast.startsWith("v=") || !MessageDigest.isEqual(serverSignature, decoded(serverLast.substring(2)))) {
      throw new ProtocolException("SCRAM: the server did not prove that it knows the password");
    }
    serverSignature = null;
  }

  private static byte[] decoded(String base64) throws ProtocolException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new ProtocolException("SCRAM: what the server sent is not Base64");
    }
  }

  private static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(data);
  }
}

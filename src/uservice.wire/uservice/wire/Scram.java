package uservice.wire;

import module java.base;

import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

import static java.nio.charset.StandardCharsets.UTF_8;

/// SCRAM (RFC 5802, 7677) over SHA-256 or SHA-512, with channel binding (RFC 5929) or without, the client's side: both prove that they
/// know the password, and neither says it. A [ProtocolException] says what the server got wrong.
///
/// ```
///   n,,n=,r=NONCE  ──▶  ◀──  r=NONCE+,s=SALT,i=4096
///   c=biws,r=NONCE+,p=PROOF  ──▶  ◀──  v=SIGNATURE
/// ```
public final class Scram {
  static final int ITERATIONS_MIN = 4_096;
  static final int ITERATIONS_MAX = 2_000_000;
  private static final int NONCE_BYTES = 18;

  /// What is hashed with.
  public enum Hash {
    /// As PostgreSQL has it, and Kafka.
    SHA_256("SHA-256", "HmacSHA256", 256),
    /// As Kafka has it.
    SHA_512("SHA-512", "HmacSHA512", 512);

    private final String digest;
    private final String mac;
    private final int bits;

    Hash(String digest, String mac, int bits) {
      this.digest = digest;
      this.mac = mac;
      this.bits = bits;
    }

    /// As a server offers it: `SCRAM-SHA-256`.
    public String mechanism() { return "SCRAM-" + digest; }
  }

  /// What ties this exchange to the TLS connection: the header as RFC 5802 has it, and the bytes that only the two ends can know.
  public record Binding(String header, byte[] data) {
    /// No TLS.
    public static final Binding NONE = new Binding("n,,", new byte[0]);
    /// The client would bind, and the server does not offer it, or somebody in between took the offer out.
    public static final Binding NOT_OFFERED = new Binding("y,,", new byte[0]);

    /// The hash of the server's certificate, `tls-server-end-point`; empty where its signature has none that RFC 5929 knows.
    public static Optional<Binding> to(X509Certificate certificate) {
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

  private final Hash hash;
  private final String password;
  private final String nonce;
  private final String firstBare;
  private final Binding binding;
  private byte[] serverSignature;

  /// For one exchange. The password is taken as it is: where a server prepares passwords (RFC 4013), the caller has done so. The
  /// user may be empty where the server knows it otherwise.
  public Scram(Hash hash, String user, String password, Binding binding) {
    this(hash, user, password, binding, nonce());
  }

  Scram(Hash hash, String user, String password, Binding binding, String nonce) {
    this.hash = hash;
    this.password = password;
    this.nonce = nonce;
    this.firstBare = "n=" + user.replace("=", "=3D").replace(",", "=2C") + ",r=" + nonce;
    this.binding = binding;
  }

  private static String nonce() {
    var random = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getEncoder().encodeToString(random);
  }

  /// The client's first message.
  public String first() { return binding.header + firstBare; }

  /// The answer to the server's first message.
  public String last(String serverFirst) throws ProtocolException {
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
      byte[] salted = SecretKeyFactory.getInstance("PBKDF2With" + hash.mac)
          .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, hash.bits)).getEncoded();
      byte[] clientKey = hmac(salted, "Client Key".getBytes(UTF_8));
      byte[] proof = hmac(MessageDigest.getInstance(hash.digest).digest(clientKey), said);
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
  public void verify(String serverLast) throws ProtocolException {
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

  private byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
    var mac = Mac.getInstance(hash.mac);
    mac.init(new SecretKeySpec(key, hash.mac));
    return mac.doFinal(data);
  }
}

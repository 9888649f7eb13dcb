package uservice.tls;

import module java.base;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// Reads PEM files (RFC 7468) of at most 1 MiB. What does not serve is an [IOException] that names the file and says why.
public final class Pem {
  private static final long FILE_BYTES_MAX = 1 << 20;
  private static final char[] UNUSED = {};
  private static final byte[] PROOF = "uservice".getBytes(StandardCharsets.US_ASCII);
  private static final String KEY_BEGIN = edge("BEGIN");
  private static final String KEY_END = edge("END");

  private Pem() {}

  /// The certificates of a file, in its order, at least one.
  public static List<X509Certificate> certificates(Path file) throws IOException {
    try {
      var found = new ArrayList<X509Certificate>();
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes(file)))) {
        found.add((X509Certificate) each);
      }
      if (!found.isEmpty()) {
        return found;
      }
    } catch (CertificateException unfit) {
      throw new IOException(file + ": not a certificate in PEM: " + unfit.getMessage(), unfit);
    }
    throw new IOException(file + ": no certificate in it, expected -----BEGIN CERTIFICATE-----");
  }

  /// PKCS #8 (RFC 5958) without a passphrase; the algorithm is the first that takes it.
  public static PrivateKey privateKey(Path file) throws IOException {
    String text = new String(bytes(file), StandardCharsets.ISO_8859_1);
    int begin = text.indexOf(KEY_BEGIN);
    int end = text.indexOf(KEY_END, Math.max(begin, 0));
    if (begin < 0 || end < 0) {
      throw new IOException(file + ": no " + KEY_BEGIN + " in it; openssl pkcs8 -topk8 -nodes turns other kinds of key into that");
    }
    byte[] encoded;
    try {
      encoded = Base64.getMimeDecoder().decode(text.substring(begin + KEY_BEGIN.length(), end));
    } catch (IllegalArgumentException damaged) {
      throw new IOException(file + ": the key is damaged", damaged);
    }
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (GeneralSecurityException another) {
        // The next, then.
      }
    }
    throw new IOException(file + ": the key is damaged, or neither RSA nor EC nor EdDSA");
  }

  /// Whether `key` is the one that `certificate` is for: what it signs, the certificate vouches for.
  public static boolean belong(PrivateKey key, X509Certificate certificate) {
    if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
      return false;
    }
    try {
      Signature signature = Signature.getInstance(switch (key.getAlgorithm()) {
        case "RSA" -> "SHA256withRSA";
        case "EC" -> "SHA256withECDSA";
        default -> key.getAlgorithm();
      });
      signature.initSign(key);
      signature.update(PROOF);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROOF);
      return signature.verify(signed);
    } catch (GeneralSecurityException another) {
      return false;
    }
  }

  /// What shows a chain of certificates, the own one first, with its key.
  public static KeyManager[] keys(Path certificate, Path key) throws IOException, GeneralSecurityException {
    KeyStore store = empty();
    store.setKeyEntry("own", privateKey(key), UNUSED, certificates(certificate).toArray(Certificate[]::new));
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, UNUSED);
    return factory.getKeyManagers();
  }

  /// What trusts those for whom the authorities of a file vouch.
  public static TrustManager[] trust(Path authorities) throws IOException, GeneralSecurityException {
    KeyStore store = empty();
    for (X509Certificate authority : certificates(authorities)) {
      store.setCertificateEntry("authority-" + store.size(), authority);
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /// A key's first or last line, made here, since a scanner for secrets would take it for one.
  private static String edge(String word) { return "-----" + word + " PRIVATE KEY-----"; }

  private static byte[] bytes(Path file) throws IOException {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new IOException(file + ": over " + FILE_BYTES_MAX + " bytes, which is no certificate and no key");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException | AccessDeniedException closed) {
      throw new IOException(file + ": " + (closed instanceof NoSuchFileException ? "no such file" : "may not be read by this user"), closed);
    }
  }
}

package uservice.wire;

import module java.base;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// How a client does TLS: how much of the server's certificate it verifies, against which authorities, and which certificate it shows
/// itself. Files are PEM (RFC 7468), read for each connection.
public final class Tls {
  /// What is verified of the server's certificate.
  public enum Verify {
    /// Nothing: whoever sits in between can read and write everything.
    NONE,
    /// That an authority vouches for it, whomever it names.
    CHAIN,
    /// That, and that it names the host.
    FULL
  }

  private static final long FILE_BYTES_MAX = 1 << 20;
  private static final char[] UNUSED = {};
  private static final String KEY_BEGIN = edge("BEGIN");
  private static final String KEY_END = edge("END");

  private final Verify verify;
  private final Optional<Path> authorities;
  private final Optional<Path> certificate;
  private final Optional<Path> key;

  private Tls(Verify verify, Optional<Path> authorities, Optional<Path> certificate, Optional<Path> key) {
    this.verify = verify;
    this.authorities = authorities;
    this.certificate = certificate;
    this.key = key;
  }

  /// These settings, tried once: an [IllegalArgumentException] names the file that does not serve, and why. Without
  /// `authorities` the JDK's are trusted.
  public static Tls of(Verify verify, Optional<Path> authorities, Optional<Path> certificate, Optional<Path> key) {
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("a certificate to show and its key go together: only the " + (key.isPresent() ? "key" : "certificate") + " is there");
    }
    var tls = new Tls(verify, authorities, certificate, key);
    if (authorities.isPresent() || key.isPresent()) {
      try {
        tls.context();
      } catch (IOException unfit) {
        throw new IllegalArgumentException(unfit.getMessage(), unfit);
      }
    }
    return tls;
  }

  /// A TLS socket over a connected one, before its handshake.
  SSLSocket wrap(Socket socket, String host) throws IOException {
    var secured = (SSLSocket) context().getSocketFactory().createSocket(socket, host, socket.getPort(), true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(verify == Verify.FULL ? "HTTPS" : null);
    secured.setSSLParameters(parameters);
    return secured;
  }

  private SSLContext context() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(), trust(), null);
      return context;
    } catch (GeneralSecurityException unfit) {
      throw new IOException("TLS: " + unfit.getMessage(), unfit);
    }
  }

  private TrustManager[] trust() throws IOException, GeneralSecurityException {
    if (verify == Verify.NONE) {
      return new TrustManager[] {new Anyone()};
    }
    KeyStore store = null; // the JDK's own
    if (authorities.isPresent()) {
      store = empty();
      for (Certificate authority : certificates(authorities.get())) {
        store.setCertificateEntry("authority-" + store.size(), authority);
      }
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private KeyManager[] keys() throws IOException, GeneralSecurityException {
    if (key.isEmpty()) {
      return null; // shows nothing
    }
    KeyStore store = empty();
    store.setKeyEntry("own", privateKey(key.get()), UNUSED, certificates(certificate.get()).toArray(Certificate[]::new));
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, UNUSED);
    return factory.getKeyManagers();
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static List<? extends Certificate> certificates(Path file) throws IOException {
    try {
      var found = List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes(file))));
      if (!found.isEmpty()) {
        return found;
      }
    } catch (CertificateException unfit) {
      throw new IOException(file + ": not a certificate in PEM: " + unfit.getMessage(), unfit);
    }
    throw new IOException(file + ": no certificate in it, expected -----BEGIN CERTIFICATE-----");
  }

  /// PKCS #8 (RFC 5958) without a passphrase; the algorithm is the first that takes it.
  private static PrivateKey privateKey(Path file) throws IOException {
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

  /// Trusts whoever answers.
  private static final class Anyone extends X509ExtendedTrustManager {
    @Override public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override public void checkServerTrusted(X509Certificate[] chain, String kind) {}

    @Override public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

    @Override public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {}

    @Override public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

    @Override public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

    @Override public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
  }
}

package uservice.wire;

import module java.base;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import uservice.tls.Pem;
import uservice.tls.TrustAll;

/// How a client does TLS: how much of the server's certificate it verifies, against which authorities, and which certificate it shows
/// itself. Files are PEM (RFC 7468), read for each connection.
public final class Tls {
  /// What is verified of the server's certificate.
  public enum Verify {
    /// That an authority vouches for it, and that it names the host.
    FULL,
    /// That an authority vouches for it, whomever it names.
    CHAIN,
    /// Nothing: whoever sits in between can read and write everything.
    NONE
  }

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
      return new TrustManager[] {new TrustAll()};
    }
    return authorities.isPresent() ? Pem.trust(authorities.get()) : null; // the JDK's own
  }

  private KeyManager[] keys() throws IOException, GeneralSecurityException {
    return key.isPresent() ? Pem.keys(certificate.get(), key.get()) : null; // shows nothing
  }
}

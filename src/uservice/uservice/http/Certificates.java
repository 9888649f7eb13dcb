package uservice.http;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import uservice.tls.Pem;

/// The certificate that a server shows, its key, and who vouches for its clients, from files that may change while it runs.
///
/// A handshake looks at the files, at most once a second, and reads those that changed. They count as soon as all of them serve;
/// until then those before them do, and the log says why. Whoever is connected stays.
final class Certificates {
  private static final Logger LOG = System.getLogger("uservice.web");
  private static final long LOOK_NANOS = 1_000_000_000;

  /// What was read at one time. The aliases of two of them differ, so that a handshake has its certificate and its key from the same one.
  private record Read(String alias, PrivateKey key, List<X509Certificate> chain, X509ExtendedTrustManager clients) {}

  /// How a file looks from outside; another one has another key, size or time.
  private record Look(Object key, long bytes, FileTime changed) {}

  private final Web.Tls files;
  private final LongSupplier nanos;
  private final ReentrantLock reading = new ReentrantLock();
  private final AtomicLong count = new AtomicLong();
  private volatile Read read;
  private volatile Read before;
  private volatile long lookedAt;
  private List<Look> looks; // guarded by reading

  /// @throws IOException if a file does not serve: which, and why
  Certificates(Web.Tls files, LongSupplier nanos) throws IOException {
    this.files = files;
    this.nanos = nanos;
    this.looks = look();
    this.read = read();
    this.before = read;
    this.lookedAt = nanos.getAsLong();
  }

  /// For a server; goes with the files as they change.
  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new Keys()}, new TrustManager[] {new Clients()}, null);
      return context;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("BUG: every JDK has TLS", impossible);
    }
  }

  /// Whether clients have to show a certificate.
  boolean clients() { return files.clientAuthorities().isPresent(); }

  /// When the certificate in force ends, in seconds since 1970.
  double expires() { return fresh().chain.getFirst().getNotAfter().getTime() / 1000.0; }

  private Read read() throws IOException {
    List<X509Certificate> chain = Pem.certificates(files.certificate());
    PrivateKey key = Pem.privateKey(files.key());
    if (!Pem.belong(key, chain.getFirst())) {
      throw new IOException(files.key() + ": not the key of the first certificate in " + files.certificate());
    }
    try {
      var clients = clients() ? (X509ExtendedTrustManager) Pem.trust(files.clientAuthorities().get())[0] : null;
      return new Read("own-" + count.incrementAndGet(), key, List.copyOf(chain), clients);
    } catch (GeneralSecurityException unfit) {
      throw new IOException(files.clientAuthorities().get() + ": " + unfit.getMessage(), unfit);
    }
  }

  private Read fresh() {
    if (nanos.getAsLong() - lookedAt >= LOOK_NANOS && reading.tryLock()) {
      try {
        lookedAt = nanos.getAsLong();
        List<Look> now = look();
        if (!now.equals(looks)) {
          looks = now;
          Read next = read();
          before = read;
          read = next;
          LOG.log(Level.INFO, "a certificate was read anew, good until " + next.chain.getFirst().getNotAfter().toInstant() + ": " + files.certificate());
        }
      } catch (IOException unfit) {
        LOG.log(Level.WARNING, "the certificate in force stays, good until " + read.chain.getFirst().getNotAfter().toInstant() + ": " + unfit.getMessage());
      } finally {
        reading.unlock();
      }
    }
    return read;
  }

  private List<Look> look() {
    return Stream.of(Optional.of(files.certificate()), Optional.of(files.key()), files.clientAuthorities()).flatMap(Optional::stream).map(file -> {
      try {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Look(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
      } catch (IOException absent) {
        return new Look(null, -1, null);
      }
    }).toList();
  }

  /// Shows the certificate to clients that can read its kind of key.
  private final class Keys extends X509ExtendedKeyManager {
    @Override public String chooseEngineServerAlias(String kind, Principal[] issuers, SSLEngine engine) { return chooseServerAlias(kind, issuers, null); }

    @Override public String chooseServerAlias(String kind, Principal[] issuers, Socket socket) {
      Read now = fresh();
      return now.key.getAlgorithm().equals(kind) ? now.alias : null;
    }

    @Override public String[] getServerAliases(String kind, Principal[] issuers) { return new String[] {read.alias}; }

    @Override public X509Certificate[] getCertificateChain(String alias) { return of(alias).chain.toArray(X509Certificate[]::new); }

    @Override public PrivateKey getPrivateKey(String alias) { return of(alias).key; }

    private Read of(String alias) {
      Read now = read;
      return now.alias.equals(alias) ? now : before;
    }

    @Override public String[] getClientAliases(String kind, Principal[] issuers) { return null; }

    @Override public String chooseClientAlias(String[] kinds, Principal[] issuers, Socket socket) { return null; }
  }

  /// Asks the authorities in force.
  private final class Clients extends X509ExtendedTrustManager {
    @Override public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
      fresh().clients.checkClientTrusted(chain, kind, engine);
    }

    @Override public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
      fresh().clients.checkClientTrusted(chain, kind, socket);
    }

    @Override public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
      fresh().clients.checkClientTrusted(chain, kind);
    }

    @Override public X509Certificate[] getAcceptedIssuers() {
      Read now = fresh();
      return now.clients == null ? new X509Certificate[0] : now.clients.getAcceptedIssuers();
    }

    @Override public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException { refuse(); }

    @Override public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException { refuse(); }

    @Override public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException { refuse(); }

    private static void refuse() throws CertificateException { throw new CertificateException("BUG: a server asks no server"); }
  }
}

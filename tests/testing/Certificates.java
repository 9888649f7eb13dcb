package testing;

import module java.base;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A self-signed certificate with its key, made by the JDK's `keytool` for the names `localhost` and 127.0.0.1, as PEM files and as a
/// server's TLS.
public record Certificates(Path certificate, Path key, SSLContext server) {
  private static final char[] PASSWORD = "geheim".toCharArray();

  /// Makes one in `folder`, for `host` in place of `localhost`.
  public static Certificates make(Path folder, String host) throws Exception {
    Path store = folder.resolve(host + ".p12");
    var keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "a",
        "-keyalg", "EC", "-dname", "CN=" + host, "-ext", "san=dns:" + host + (host.equals("localhost") ? ",ip:127.0.0.1" : ""), "-validity", "2",
        "-storetype", "PKCS12", "-storepass", new String(PASSWORD), "-keystore", store.toString()).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new AssertionError("keytool: " + said);
    }
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    Certificate own = keys.getCertificate("a");
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD);
    SSLContext server = SSLContext.getInstance("TLS");
    server.init(factory.getKeyManagers(), null, null);
    return new Certificates(pem(folder.resolve(host + ".crt"), "CERTIFICATE", own.getEncoded()),
        pem(folder.resolve(host + ".key"), "PRIVATE KEY", keys.getKey("a", PASSWORD).getEncoded()), server);
  }

  private static Path pem(Path file, String kind, byte[] encoded) throws IOException {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n");
  }
}

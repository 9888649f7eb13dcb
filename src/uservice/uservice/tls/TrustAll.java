package uservice.tls;

import module java.base;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts whoever answers: for where it does not matter, or where somebody has asked for that.
public final class TrustAll extends X509ExtendedTrustManager {
  /// No choice is left.
  public TrustAll() {}

  @Override public void checkClientTrusted(X509Certificate[] chain, String kind) {}

  @Override public void checkServerTrusted(X509Certificate[] chain, String kind) {}

  @Override public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

  @Override public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {}

  @Override public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

  @Override public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

  @Override public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
}

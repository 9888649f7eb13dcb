/// TLS from PEM files, for servers and clients: [Pem] reads certificates, keys and authorities, [TrustAll] asks for none.
///
/// ## Why
///
/// - *PEM and no key store.* Kubernetes, cert-manager and every authority hand out PEM; a key store would be one more step that
///   somebody forgets at the next renewal.
/// - *Keys in PKCS #8 alone.* It says by itself what kind of key it holds. For the older forms the error names the command that turns them into it.
package uservice.tls;

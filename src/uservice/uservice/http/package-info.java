/// HTTP on the network: the JDK's own `HttpServer`, and one wrapper around it that makes it fit to
/// stand there.
///
/// Reading order: [Web] (routes, as a feature sees them), [Request], [Reply], [Handler]; [Server]
/// (an open port); `Front` (the way of a request through all of it); `Gate`, `Target`, `Framing`
/// (what a request must be, and where it ends), `Router`, `Answer` (the one place that sends),
/// `Telemetry`, `Workers`, `JdkSettings`, `Certificates` (TLS, from files that change); `Stop` (how a server ends without losing a request);
/// [FirstAnswer], [DateNames], [Greenwich] (what the first answer would wait for).
///
/// ```
/// client ─▶ JDK: accept, read header, parse ─▶ Workers: a thread each ─▶ Front ─▶ JDK: write, keep or close
///                                                                          │
///     Gate 400 431 505 ─ admission 503 ─ Router 404 405 501 ─ Interceptor ─┴─ body 400 413 ─ Handler 500 ─ Answer ─ Telemetry
/// ```
///
/// What the JDK's server does by itself, measured on JDK 25, and what happens here:
///
/// | by itself | here |
/// |---|---|
/// | a handler that throws leaves the client without an answer, or hanging for ever | a 500, logged once; broken off where the answer had begun |
/// | `/livez` answers `/livezfoo` | whole paths, as they came |
/// | `Content-Length: +3` is 3 | 400 |
/// | chunk size `100000003` is 3, an empty line is the last chunk, the rest is the next request | a chunked request is the last of its connection |
/// | no `Host`, several, `HTTP/9.9`, TRACE | 400, 505, 405 |
/// | bodies of 8 to 20 KB take 40 ms each | `TCP_NODELAY` |
/// | the first `Date` takes 50 ms of processor time | few names, without the tables of all; beside the start |
/// | no limits, or a closed connection at the limit | 413, 431, 503 with `Retry-After`; slow requests closed in time |
/// | `stop` waits for exchanges that leaked, and closes connections whose request just came | `Stop` |
///
/// Some answers come from the JDK before anything here is called, and the tests pin them. A URI
/// that `java.net.URI` does not parse (a bare `|` or `{`) gets a 400 in HTML, so do a request line
/// that is none and contradicting lengths (an unknown `Transfer-Encoding`: 501); `OPTIONS *`,
/// `//host` and an empty target get a 404 in HTML; `CONNECT host:443`, `foo:bar`, and headers past
/// twice our own limits get a closed connection. All of these close. The header is parsed by the
/// JDK, and what it hides cannot be checked: a bare CR or LF ends a line like CRLF does, folded
/// lines are joined, control characters around a value are dropped, and of a target with a space
/// the part before it is taken. So a proxy in front that passes such bytes on can be made to
/// disagree with this server. `100 Continue` carries a
/// `Content-Length: 0`.
///
/// ## Why
///
/// - *The JDK's server and not one of our own.* Ten years of other people's bug reports are worth
///   more than a parser that would not need this wrapper; and it has TLS. Its limits are the price,
///   told above.
/// - *One context, one handler.* The JDK's path matching differs between releases and matches
///   prefixes; with one context for `/` neither matters, and every answer, 404 too, has one form.
/// - *Encoded slashes, dots and NULs are refused* wherever they would change what a path means, and
///   `//` and dot segments with them. Servers and proxies disagree on them, and paths that two
///   programs read differently are how access rules are walked around. An identifier with a slash
///   in it belongs in the query.
/// - *Bodies are read before the handler is called*, unless a route says `streaming()`. A handler
///   cannot forget the body then, its limit and its end are known before anything is done, and the
///   JDK's clock for slow requests, which runs until the body is read, cannot end a slow handler.
/// - *What fails goes to the JDK as an exception*, never as `HttpExchange.close()`: that closes the
///   socket but leaves the connection in the server's books, where it counts towards the most
///   connections until no more are let in.
/// - *Small answers have a length, large ones are written in slices*, since the JDK keeps a buffer
///   of twice the largest write.
/// - *No 408.* A slow request's connection is closed by the JDK's timer, which does not know how to
///   answer.
/// - *Limits are those of the process.* The JDK reads its own once, so both ports share
///   `web.max_connections`, `web.idle`, `web.request_time`; values given with `-D` stand.
/// - *Clients are asked for a certificate, and refused by an answer* where they show none: a handshake that fails tells a person
///   nothing. One that nobody vouches for ends in the handshake all the same.
/// - *Files are looked at in handshakes*, not by a thread that watches: what nobody connects to needs no new certificate.
/// - *Our own request holds the server open while it stops*, see `Stop`: the JDK offers to wait for
///   requests or to close at once, and gets both wrong; but it waits reliably for a handler that
///   has not returned.
package uservice.http;

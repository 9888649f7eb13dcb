/// gRPC for a client that asks one thing at a time: unary calls over HTTP/2 without TLS, on TCP or a Unix socket.
///
/// Reading order: [Connection] (one call from its first byte to its last), `Exchange` (its stream), [Answer] and [Status] (what the
/// server says), [GrpcException] (what keeps it from saying it); below these `FrameReader`, `FrameWriter` and `Frame`, and
/// `HpackDecoder` with its `FieldTable` and `Huffman`.
///
/// ```
///   PRI * HTTP/2.0, SETTINGS, WINDOW_UPDATE ──▶          open: until the server's first SETTINGS
///                                 ◀── SETTINGS
///   SETTINGS ack ──▶
///   HEADERS  :path, grpc-timeout, te: trailers ──▶       call: the calling thread sends what the windows allow,
///   DATA     00 LLLLLLLL message  (END_STREAM) ──▶       and reads frames, whatever they are about,
///                                 ◀── HEADERS :status    until its own stream has an answer
///                                 ◀── DATA 00 LLLLLLLL message
///                                 ◀── HEADERS grpc-status (END_STREAM)
/// ```
///
/// | what the server does | what becomes of the call | and of the connection |
/// |---|---|---|
/// | a status that is not OK, RST_STREAM, an HTTP error | [Answer.Refused] | goes on |
/// | breaks gRPC: no status, two messages, one that is too large, or not gzip | `INVALID`, RST_STREAM CANCEL | goes on |
/// | breaks HTTP/2 or HPACK | `INVALID`, GOAWAY with the code of RFC 9113 | closed |
/// | is silent, or slow | `LATE` | closed |
/// | goes away, closes | `CUT`, with a word on whether a retry is safe | closed |
/// | speaks TLS, HTTP/1, SSH | `UNREACHABLE`, with its name | closed |
///
/// ## Why
///
/// - **No thread of its own.** The caller reads while it waits. Nothing has to be handed over, and a deadline needs no more than
///   the connection's. The price is that nobody answers a PING between two calls; who calls once an hour connects once an hour.
/// - **Every violation ends the connection.** RFC 9113 lets errors of a stream be errors of the connection. It saves the states in which
///   half of what a broken peer says is still believed.
/// - **The client's own header blocks use no table.** They are 150 bytes. What the server sends is decoded in full: servers
///   index and use the Huffman code unasked.
/// - **The deadline closes.** RST_STREAM would keep the connection, and trust a server that has just been silent for seconds.
package uservice.grpc;

package uservice.postgres;

import module java.base;

import testing.ScriptedPeer;
import uservice.postgres.FrontendMessage.Frame;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/// What a server says and what a client said, as bytes, for scripted peers.
final class Wired {
  static final byte[] OK = message('R', int32(0));
  static final byte[] KEY = message('K', int32(4711), int32(0xcafe));
  static final byte[] READY = message('Z', "I");
  static final byte[] PARSED = message('1');
  static final byte[] BOUND = message('2');
  static final byte[] GREETING = joined(OK, status("server_version", "15.18"), KEY, READY);

  private Wired() {}

  static byte[] message(char type, Object... parts) {
    byte[] body = joined(parts);
    return joined(String.valueOf(type), int32(body.length + 4), body);
  }

  static byte[] joined(Object... parts) {
    var all = new ByteArrayOutputStream();
    for (Object part : parts) {
      all.writeBytes(part instanceof byte[] bytes ? bytes : part.toString().getBytes(UTF_8));
    }
    return all.toByteArray();
  }

  static byte[] int32(int value) { return new Frame().int32(value).toByteArray(); }

  static byte[] int16(int value) { return new Frame().int16(value).toByteArray(); }

  static byte[] status(String name, String value) { return message('S', name, "\0", value, "\0"); }

  static byte[] notice(String text) { return message('N', "SNOTICE\0VNOTICE\0C00000\0M", text, "\0\0"); }

  static byte[] error(String severity, String state, String text) { return message('E', "S", severity, "\0V", severity, "\0C", state, "\0M", text, "\0\0"); }

  static byte[] row(String... columns) {
    var body = new Frame().int16(columns.length);
    for (String column : columns) {
      body.counted(column == null ? null : column.getBytes(UTF_8));
    }
    return message('D', body.toByteArray());
  }

  static byte[] complete(String tag) { return message('C', tag, "\0"); }

  /// The answer to one statement that gives these rows of one column, all of it up to the end of the transaction.
  static byte[] answer(String... rows) {
    var all = new Frame().raw(PARSED).raw(BOUND);
    for (String row : rows) {
      all.raw(row(row));
    }
    return all.raw(complete("SELECT " + rows.length)).raw(READY).toByteArray();
  }

  /// Reads the message without a type that begins a connection; its bytes.
  static String startup(ScriptedPeer.Connection peer) throws IOException {
    int length = ByteBuffer.wrap(read(peer, 4).getBytes(ISO_8859_1)).getInt();
    return read(peer, length - 4);
  }

  /// Reads one message; its type and its body.
  static String request(ScriptedPeer.Connection peer) throws IOException {
    String type = read(peer, 1);
    int length = ByteBuffer.wrap(read(peer, 4).getBytes(ISO_8859_1)).getInt();
    return type + read(peer, length - 4);
  }

  /// Reads messages up to a `Sync`, and returns all of them.
  static List<String> batch(ScriptedPeer.Connection peer) throws IOException {
    var batch = new ArrayList<String>();
    do {
      batch.add(request(peer));
    } while (!batch.getLast().equals("S") && !batch.getLast().startsWith("Q"));
    return batch;
  }

  private static String read(ScriptedPeer.Connection peer, int count) throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(peer.readUntil(""));
    }
    return text.toString();
  }

  /// A peer that lets everybody in, without TLS, and then plays `script`.
  static ScriptedPeer trusting(ScriptedPeer.Script script) throws IOException {
    return ScriptedPeer.playing(peer -> {
      startup(peer);
      peer.send(GREETING);
      script.play(peer);
    });
  }

  /// A target at the peer, as `user` with `password`; `sslmode=disable` unless the parameters say otherwise.
  static Target target(ScriptedPeer peer, String... parameters) { return target(peer.port(), parameters); }

  static Target target(int port, String... parameters) { return Target.parse(uri(port, parameters), _ -> null); }

  static URI uri(int port, String... parameters) {
    String query = String.join("&", parameters);
    return URI.create("postgres://user:s3cr3t@127.0.0.1:" + port + "/base?" + (query.contains("sslmode") ? query : query + (query.isEmpty() ? "" : "&") + "sslmode=disable"));
  }
}

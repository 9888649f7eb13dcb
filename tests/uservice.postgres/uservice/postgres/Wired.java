package uservice.postgres;

import module java.base;

import testing.PostgresServer;
import uservice.postgres.FrontendMessage.Frame;

import static java.nio.charset.StandardCharsets.UTF_8;

/// What a server says, as bytes.
final class Wired {
  static final byte[] OK = message('R', int32(0));
  static final byte[] KEY = message('K', int32(4711), int32(0xcafe));
  static final byte[] READY = message('Z', "I");
  static final byte[] PARSED = message('1');
  static final byte[] BOUND = message('2');
  static final byte[] GREETING = joined(OK, status("server_version", "15.18"), KEY, READY);

  private Wired() {}

  /// Where a server is, with these parameters.
  static Target target(PostgresServer server, String... parameters) { return Target.parse(server.uri(parameters), _ -> null); }

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
}

package uservice.postgres;

import module java.base;

import static java.nio.charset.StandardCharsets.UTF_8;

/// What a client says (PostgreSQL documentation, Message Formats). All but the first three begin with a type byte; a length that
/// counts itself follows.
sealed interface FrontendMessage {
  int PROTOCOL_3_0 = 196_608;

  record StartupMessage(SequencedMap<String, String> parameters) implements FrontendMessage {}
  record SSLRequest() implements FrontendMessage {}
  record CancelRequest(int process, byte[] secret) implements FrontendMessage {}
  record PasswordMessage(String password) implements FrontendMessage {}
  record SASLInitialResponse(String mechanism, String response) implements FrontendMessage {}
  record SASLResponse(String response) implements FrontendMessage {}
  record Query(String sql) implements FrontendMessage {}
  record Parse(String statement, String sql) implements FrontendMessage {}
  record Bind(String statement, List<byte[]> parameters) implements FrontendMessage {}
  record Execute() implements FrontendMessage {}
  record Close(String statement) implements FrontendMessage {}
  record Sync() implements FrontendMessage {}
  record Terminate() implements FrontendMessage {}

  /// The bytes of these messages in a row.
  static byte[] bytes(List<? extends FrontendMessage> messages) {
    var frames = new Frame();
    for (FrontendMessage message : messages) {
      var body = new Frame();
      char type = message.put(body);
      if (type != 0) {
        frames.write(type);
      }
      frames.int32(body.size() + Integer.BYTES).writeBytes(body.toByteArray());
    }
    return frames.toByteArray();
  }

  /// Appends what follows the length, and returns the type byte; 0 for none.
  private char put(Frame to) {
    return switch (this) {
      case StartupMessage(var parameters) -> {
        to.int32(PROTOCOL_3_0);
        parameters.forEach((name, value) -> to.text(name).text(value));
        to.write(0);
        yield 0;
      }
      case SSLRequest() -> to.int32(80_877_103).as((char) 0);
      case CancelRequest(int process, var secret) -> to.int32(80_877_102).int32(process).raw(secret).as((char) 0);
      case PasswordMessage(var password) -> to.text(password).as('p');
      case SASLInitialResponse(var mechanism, var response) -> to.text(mechanism).counted(response.getBytes(UTF_8)).as('p');
      case SASLResponse(var response) -> to.raw(response.getBytes(UTF_8)).as('p');
      case Query(var sql) -> to.text(sql).as('Q');
      case Parse(var statement, var sql) -> to.text(statement).text(sql).int16(0).as('P'); // the server finds the parameters' types
      case Bind(var statement, var parameters) -> {
        to.text("").text(statement).int16(0).int16(parameters.size()); // no format codes: text
        parameters.forEach(to::counted);
        yield to.int16(0).as('B');
      }
      case Execute() -> to.text("").int32(0).as('E');
      case Close(var statement) -> to.raw(new byte[] {'S'}).text(statement).as('C');
      case Sync() -> 'S';
      case Terminate() -> 'X';
    };
  }

  /// Bytes as the protocol has them: big endian, text ended by a zero.
  final class Frame extends ByteArrayOutputStream {
    Frame int32(int value) { return int16(value >>> 16).int16(value); }

    Frame int16(int value) { return raw(new byte[] {(byte) (value >>> 8), (byte) value}); }

    Frame text(String value) {
      if (value.indexOf(0) >= 0) {
        throw new IllegalArgumentException("a zero character, which ends a text in PostgreSQL");
      }
      return raw(value.getBytes(UTF_8)).raw(new byte[1]);
    }

    /// The length and the bytes; length -1 is NULL.
    Frame counted(byte[] value) { return value == null ? int32(-1) : int32(value.length).raw(value); }

    Frame raw(byte[] value) {
      writeBytes(value);
      return this;
    }

    private char as(char type) { return type; }
  }
}

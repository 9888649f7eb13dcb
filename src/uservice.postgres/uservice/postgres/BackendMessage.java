package uservice.postgres;

import module java.base;

import static java.nio.charset.StandardCharsets.UTF_8;

/// What a server says (PostgreSQL documentation, Message Formats), as far as a client hears it that copies no tables.
sealed interface BackendMessage {
  sealed interface Authentication extends BackendMessage {}
  record AuthenticationOk() implements Authentication {}
  record AuthenticationCleartextPassword() implements Authentication {}
  record AuthenticationMD5Password(byte[] salt) implements Authentication {}
  record AuthenticationSASL(List<String> mechanisms) implements Authentication {}
  record AuthenticationSASLContinue(String data) implements Authentication {}
  record AuthenticationSASLFinal(String data) implements Authentication {}
  record AuthenticationOther(int code) implements Authentication {}

  /// What may come between any two other messages.
  sealed interface Asynchronous extends BackendMessage {}
  record NoticeResponse(Map<Character, String> fields) implements Asynchronous {}
  record ParameterStatus(String name, String value) implements Asynchronous {}
  record NotificationResponse(int process, String channel, String payload) implements Asynchronous {}

  record NegotiateProtocolVersion(int minor, List<String> unknown) implements BackendMessage {}
  record BackendKeyData(int process, byte[] secret) implements BackendMessage {}
  record ReadyForQuery(char status) implements BackendMessage {}
  record ErrorResponse(Map<Character, String> fields) implements BackendMessage {}
  record CommandComplete(String tag) implements BackendMessage {}
  record DataRow(List<byte[]> columns, int size) implements BackendMessage {}
  record EmptyQueryResponse() implements BackendMessage {}
  record RowDescription(List<String> names) implements BackendMessage {}

  /// What tells of a step and brings nothing.
  sealed interface Step extends BackendMessage {}
  record ParseComplete() implements Step {}
  record BindComplete() implements Step {}
  record CloseComplete() implements Step {}
  record NoData() implements Step {}
  record PortalSuspended() implements Step {}

  /// The types that [#parse] knows.
  String TYPES = "RNSAvKZECDIT123ns";

  /// The message of a known type with this body, all of which belongs to it.
  static BackendMessage parse(char type, byte[] body) throws ProtocolException {
    var in = ByteBuffer.wrap(body);
    try {
      BackendMessage message = switch (type) {
        case 'R' -> authentication(in);
        case 'N' -> new NoticeResponse(fields(in));
        case 'S' -> new ParameterStatus(text(in), text(in));
        case 'A' -> new NotificationResponse(in.getInt(), text(in), text(in));
        case 'v' -> new NegotiateProtocolVersion(in.getInt(), list(in, in.getInt(), BackendMessage::text));
        case 'K' -> new BackendKeyData(in.getInt(), rest(in));
        case 'Z' -> new ReadyForQuery((char) in.get());
        case 'E' -> new ErrorResponse(fields(in));
        case 'C' -> new CommandComplete(text(in));
        case 'D' -> new DataRow(list(in, in.getShort(), BackendMessage::counted), body.length);
        case 'I' -> new EmptyQueryResponse();
        case 'T' -> new RowDescription(list(in, in.getShort(), BackendMessage::field));
        case '1' -> new ParseComplete();
        case '2' -> new BindComplete();
        case '3' -> new CloseComplete();
        case 'n' -> new NoData();
        case 's' -> new PortalSuspended();
        default -> throw new ProtocolException("message type '" + type + "' is unknown");
      };
      if (in.hasRemaining()) {
        throw new ProtocolException("message '" + type + "' has " + in.remaining() + " bytes too many");
      }
      return message;
    } catch (BufferUnderflowException short_) {
      throw new ProtocolException("message '" + type + "' of " + body.length + " bytes says that it is longer");
    }
  }

  private static Authentication authentication(ByteBuffer in) {
    int code = in.getInt();
    return switch (code) {
      case 0 -> new AuthenticationOk();
      case 3 -> new AuthenticationCleartextPassword();
      case 5 -> new AuthenticationMD5Password(take(in, 4));
      case 10 -> {
        var mechanisms = new ArrayList<String>();
        for (String name = text(in); !name.isEmpty(); name = text(in)) {
          mechanisms.add(name);
        }
        yield new AuthenticationSASL(mechanisms);
      }
      case 11 -> new AuthenticationSASLContinue(new String(rest(in), UTF_8));
      case 12 -> new AuthenticationSASLFinal(new String(rest(in), UTF_8));
      default -> {
        rest(in);
        yield new AuthenticationOther(code);
      }
    };
  }

  /// `S` severity, `C` SQLSTATE, `M` message and so on, each a byte and a text, until a zero.
  private static Map<Character, String> fields(ByteBuffer in) {
    var fields = new TreeMap<Character, String>();
    for (byte name = in.get(); name != 0; name = in.get()) {
      fields.put((char) name, text(in));
    }
    return fields;
  }

  private static <T> List<T> list(ByteBuffer in, int count, Function<ByteBuffer, T> element) {
    var list = new ArrayList<T>();
    for (int i = 0; i < count; i++) {
      list.add(element.apply(in));
    }
    return list;
  }

  private static String field(ByteBuffer in) {
    String name = text(in);
    take(in, 18); // table, column, type, size, modifier, format
    return name;
  }

  private static byte[] counted(ByteBuffer in) {
    int length = in.getInt();
    return length == -1 ? null : take(in, length);
  }

  private static String text(ByteBuffer in) {
    int from = in.position();
    while (in.get() != 0) {}
    return new String(in.array(), from, in.position() - from - 1, UTF_8);
  }

  private static byte[] rest(ByteBuffer in) { return take(in, in.remaining()); }

  private static byte[] take(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    var bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}

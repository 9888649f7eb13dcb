package uservice.grpc;

import module java.base;

/// One call's stream, from the client's side: what has come of the answer, and what may still be sent.
///
/// ```
/// HEADERS 1xx* ─▶ HEADERS ─▶ DATA* ─▶ HEADERS end (trailers)     status and message in the trailers
///                 HEADERS end                                    trailers-only: they are in the header section
/// ```
final class Exchange {
  private static final int INTERIM_MAX = 8;
  private static final String TYPE = "application/grpc";

  private final int stream;
  private final String name;
  private final Window window;
  private final Intake intake;
  private final MessageReader message;
  private Head head;
  private int interim;
  private long body;
  private boolean ended;
  private boolean reset;
  private Answer answer;

  Exchange(int stream, long window, int intake, int messageMax) {
    this.stream = stream;
    this.name = "stream " + stream;
    this.window = new Window(window);
    this.intake = new Intake(intake);
    this.message = new MessageReader(messageMax);
  }

  int stream() { return stream; }

  String name() { return name; }

  /// What may still be sent on this stream.
  Window window() { return window; }

  /// Whether the server has ended its side, by END_STREAM or RST_STREAM.
  boolean ended() { return ended; }

  /// Whether RST_STREAM did.
  boolean wasReset() { return reset; }

  /// The answer, null until it is known; it may be before the stream has ended.
  Answer answer() { return answer; }

  /// Takes DATA; returns by how much the stream's window is to be widened.
  int data(Frame.Data data) throws Violation, Unusable {
    open("DATA");
    if (head == null) {
      throw Violation.protocol("DATA on " + name + " before its HEADERS");
    }
    int more = intake.take(data.length(), name);
    body += data.bytes().length;
    if (data.end()) {
      end();
      throw new Unusable("the answer ends without trailers, and so without grpc-status");
    }
    message.take(data.bytes());
    return more;
  }

  private void open(String frame) throws Violation {
    if (ended) {
      throw new Violation(ErrorCode.STREAM_CLOSED, frame + " on " + name + " after its end");
    }
  }

  /// Takes a header block that has been decoded.
  void headers(List<HeaderField> fields, boolean end) throws Violation, Unusable {
    open("HEADERS");
    if (head != null) {
      if (!end) {
        throw Violation.protocol("a second HEADERS on " + name + " that does not end it");
      }
      finish(Head.trailers(fields));
      return;
    }
    Head next = Head.response(fields);
    if (next.status() >= 200) {
      head = next;
      begin(end);
    } else if (end || ++interim > INTERIM_MAX) {
      throw Violation.protocol(end ? "status " + next.status() + " on " + name + " ends it, only a final one may"
          : "more than " + INTERIM_MAX + " interim answers on " + name);
    }
  }

  private void begin(boolean end) throws Violation, Unusable {
    String type = head.value("content-type");
    boolean grpc = type.startsWith(TYPE) && (type.length() == TYPE.length() || "+;".indexOf(type.charAt(TYPE.length())) >= 0);
    if (grpc && end) {
      finish(head);
    } else if (!grpc || head.status() != 200) {
      ended = end;
      answer = new Answer.Refused(Status.ofHttp(head.status()),
          "HTTP status " + head.status() + (grpc ? "" : ", content type '" + Text.clean(type) + "' instead of " + TYPE));
    }
  }

  private void finish(Head trailers) throws Violation, Unusable {
    end();
    Status status = Status.parse(trailers.value("grpc-status"));
    if (status == null) {
      throw new Unusable(trailers.has("grpc-status")
          ? "grpc-status is '" + Text.clean(trailers.value("grpc-status")) + "', must be a number" : "the answer ends without grpc-status");
    }
    answer = status == Status.OK ? new Answer.Message(message.whole(head.value("grpc-encoding")))
        : new Answer.Refused(status, Text.clean(Text.percentDecoded(trailers.value("grpc-message"))));
  }

  private void end() throws Violation {
    ended = true;
    String declared = head.value("content-length");
    if (!declared.isEmpty() && !declared.equals(Long.toString(body))) {
      throw Violation.protocol("content-length on " + name + " is '" + Text.clean(declared) + "', the body had " + body + " bytes");
    }
  }

  /// Takes RST_STREAM.
  void reset(int code) {
    if (!ended) {
      ended = true;
      reset = true;
      answer = new Answer.Refused(ErrorCode.status(code), "the server reset the stream: " + ErrorCode.name(code));
    }
  }
}

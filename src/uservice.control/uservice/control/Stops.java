package uservice.control;

import module java.base;
import uservice.Service;
import uservice.Waiting;
import uservice.http.Reply;
import uservice.http.Request;

/// The stop, as other programs see it: told when it begins, begun by them, waited for.
final class Stops {
  /// The most requests that wait at once.
  static final int WAITING_MAX = 100;
  private static final int REASON_CHARS_MAX = 200;

  private final Service service;
  private final Waiting waiting = new Waiting(WAITING_MAX);

  Stops(Service service) {
    this.service = service;
  }

  /// `GET /shutdown?wait=30s`: answers when the stop begins, or the time is over; without `wait` at once.
  Reply told(Request request) throws InterruptedException {
    waiting.await(request, service::awaitStop);
    return state();
  }

  /// `POST /shutdown`: begins the stop, and answers at once, or with `wait` when the last stop action has run.
  Reply begin(Request request) throws InterruptedException {
    Body body = Body.object(request);
    String reason = body.text("reason").map(Stops::clean).orElse("");
    body.end();
    Waiting.time(request); // a wrong one begins nothing
    service.stop("asked for at the control port" + (reason.isEmpty() ? "" : ": " + reason), 0);
    boolean ended = waiting.await(request, service::awaitEnd);
    return state().status(ended ? 200 : 202);
  }

  private Reply state() throws InterruptedException {
    var told = new LinkedHashMap<String, Object>();
    told.put("stopping", service.awaitStop(Duration.ZERO));
    told.put("state", service.state().name().toLowerCase(Locale.ROOT));
    told.put("reason", service.reason());
    return Reply.json(told);
  }

  private static String clean(String reason) {
    String shown = reason.codePoints().map(c -> Character.isISOControl(c) ? ' ' : c)
        .limit(REASON_CHARS_MAX).collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    return shown.strip();
  }
}

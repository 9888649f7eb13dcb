package uservice.control;

import module java.base;
import uservice.Service;
import uservice.config.Times;
import uservice.http.ProblemException;
import uservice.http.Reply;
import uservice.http.Request;

/// The stop, as other programs see it: told when it begins, begun by them, waited for.
final class Stops {
  /// The most requests that wait at once.
  static final int WAITING_MAX = 100;
  static final Duration WAIT_MAX = Duration.ofMinutes(5);
  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final int REASON_CHARS_MAX = 200;

  /// One of the two ways to wait.
  private interface Waiting {
    boolean await(Duration time) throws InterruptedException;
  }

  private final Service service;
  private final Semaphore room = new Semaphore(WAITING_MAX);

  Stops(Service service) {
    this.service = service;
  }

  /// `GET /shutdown?wait=30s`: answers when the stop begins, or the time is over; without `wait` at once.
  Reply told(Request request) throws InterruptedException {
    waited(request, service::awaitStop);
    return state();
  }

  /// `POST /shutdown`: begins the stop, and answers at once, or with `wait` when the last stop action has run.
  Reply begin(Request request) throws InterruptedException {
    Body body = Body.object(request);
    String reason = body.text("reason").map(Stops::clean).orElse("");
    body.end();
    time(request); // a wrong one begins nothing
    service.stop("asked for at the control port" + (reason.isEmpty() ? "" : ": " + reason), 0);
    boolean ended = waited(request, service::awaitEnd);
    return state().status(ended ? 200 : 202);
  }

  private Reply state() throws InterruptedException {
    var told = new LinkedHashMap<String, Object>();
    told.put("stopping", service.awaitStop(Duration.ZERO));
    told.put("state", service.state().name().toLowerCase(Locale.ROOT));
    told.put("reason", service.reason());
    return Reply.json(told);
  }

  private boolean waited(Request request, Waiting waiting) throws InterruptedException {
    Duration time = time(request);
    if (time.isZero()) {
      return false;
    }
    if (!room.tryAcquire()) {
      String detail = "there are " + WAITING_MAX + " requests waiting already; come again in a second";
      throw new ProblemException(Reply.problem(503, "Service Unavailable", detail).header("Retry-After", "1"), detail, null);
    }
    try {
      return waiting.await(time);
    } finally {
      room.release();
    }
  }

  /// What `wait` says: zero where it is not there, the usual time where it has no value.
  private static Duration time(Request request) {
    String text = request.query("wait").orElse(null);
    if (text == null || text.isEmpty()) {
      return text == null ? Duration.ZERO : WAIT;
    }
    try {
      Duration time = Times.of(text);
      if (time.compareTo(WAIT_MAX) <= 0) {
        return time;
      }
      throw new ProblemException(400, "wait is " + Times.format(time) + ", at most " + Times.format(WAIT_MAX) + ": ask again after that");
    } catch (IllegalArgumentException unfit) {
      throw new ProblemException(400, "wait must be " + unfit.getMessage(), unfit);
    }
  }

  private static String clean(String reason) {
    String shown = reason.codePoints().map(c -> Character.isISOControl(c) ? ' ' : c)
        .limit(REASON_CHARS_MAX).collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    return shown.strip();
  }
}

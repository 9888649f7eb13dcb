package uservice;

import module java.base;
import uservice.config.Times;
import uservice.http.ProblemException;
import uservice.http.Reply;
import uservice.http.Request;

/// Requests that wait, by `?wait` or `?wait=30s`, for something that may take long; at most so many at once. For any number of threads.
public final class Waiting {
  /// The longest time that a request may wait.
  public static final Duration TIME_MAX = Duration.ofMinutes(5);
  private static final Duration TIME = Duration.ofSeconds(30); // where `wait` has no value

  /// What is waited for.
  @FunctionalInterface public interface Event {
    /// Waits at most `time`; returns whether it has come.
    boolean await(Duration time) throws InterruptedException;
  }

  private final int most;
  private final Semaphore room;

  /// Room for so many at once.
  public Waiting(int most) {
    this.most = most;
    this.room = new Semaphore(most);
  }

  /// Waits as long as the request says, not at all where it says nothing; returns whether `event` came in that time.
  ///
  /// @throws ProblemException with 400 as [#time(Request)], with 503 if too many are waiting
  public boolean await(Request request, Event event) throws InterruptedException {
    Duration time = time(request);
    if (time.isZero()) {
      return false;
    }
    if (!room.tryAcquire()) {
      String detail = "there are " + most + " requests waiting already; come again in a second";
      throw new ProblemException(Reply.problem(503, "Service Unavailable", detail).header("Retry-After", "1"), detail, null);
    }
    try {
      return event.await(time);
    } finally {
      room.release();
    }
  }

  /// What the request's `wait` says; zero where it is not there.
  ///
  /// @throws ProblemException with 400 where that is no duration, or too long a one
  public static Duration time(Request request) {
    String text = request.query("wait").orElse(null);
    if (text == null || text.isEmpty()) {
      return text == null ? Duration.ZERO : TIME;
    }
    Duration time;
    try {
      time = Times.of(text);
    } catch (IllegalArgumentException unfit) {
      throw new ProblemException(400, "wait must be " + unfit.getMessage(), unfit);
    }
    if (time.compareTo(TIME_MAX) > 0) {
      throw new ProblemException(400, "wait is " + Times.format(time) + ", at most " + Times.format(TIME_MAX) + ": ask again after that");
    }
    return time;
  }
}

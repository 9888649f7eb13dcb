package uservice;

import module java.base;
import uservice.http.ProblemException;
import uservice.http.Reply;
import uservice.http.Request;
import uservice.http.Web;
import uservice.lifecycle.Lifecycle;

/// `PREFIX/shutdown` on the health port, which begins the stop: for clients of HaMS, and for `httpGet` preStop hooks.
///
/// `POST` is there with prefix `/hams` or where `health.hooks` is on, `GET`, the only thing that a kubelet sends, with the latter alone. The
/// answer comes when the stop is accepted; with `?wait` when the last stop action has run. It is the answer of `version` with the state, as HaMS gives it.
/// Requests of browsers are refused: a page must not end a service that its reader can reach.
final class ShutdownEndpoint {
  private static final String HAMS = "/hams";
  private static final int WAITING_MAX = 8; // of the port's threads

  private final Lifecycle lifecycle;
  private final Supplier<Map<String, Object>> version;
  private final Waiting waiting = new Waiting(WAITING_MAX);

  ShutdownEndpoint(Lifecycle lifecycle, Supplier<Map<String, Object>> version) {
    this.lifecycle = lifecycle;
    this.version = version;
  }

  void register(Web web, String prefix, boolean hooks) {
    if (hooks) {
      web.get(prefix + "/shutdown", this::begin);
    }
    if (hooks || prefix.equals(HAMS)) {
      web.post(prefix + "/shutdown", this::begin);
    }
  }

  private Reply begin(Request request) throws InterruptedException {
    if (request.header("Origin").isPresent() || request.header("Sec-Fetch-Site").isPresent()) {
      throw new ProblemException(403, "browsers are kept out: a request has neither Origin nor Sec-Fetch-Site here");
    }
    Waiting.time(request); // a wrong one begins nothing
    if (!request.method().equals("HEAD")) {
      lifecycle.stop("asked for at the health port", 0);
    }
    waiting.await(request, lifecycle::awaitEnd);
    var told = version.get();
    told.put("state", lifecycle.state().name().toLowerCase(Locale.ROOT));
    return Reply.json(told).header("Cache-Control", "no-store");
  }
}

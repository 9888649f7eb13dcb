package uservice;

import module java.base;
import uservice.health.Detail;
import uservice.health.Health;
import uservice.health.Probe;
import uservice.health.Verdict;
import uservice.http.Reply;
import uservice.http.Request;
import uservice.http.Web;
import uservice.json.JsonWriter;

/// The paths at which probes ask: HaMS' JSON under the prefix, and Kubernetes' own style of text at the root.
///
/// ```
/// GET /health/ready              {"name":"ready","valid":true}
/// GET /health/ready?verbose      {"name":"ready","valid":true,"details":[{"name":"db","valid":true,…}]}
/// GET /readyz                    ok
/// GET /readyz?verbose&exclude=db [+]cache ok
///                                [+]db excluded: ok
///                                readyz check passed
/// GET /readyz/db                 ok
/// ```
///
/// 200 where the verdict is valid, 503 where it is not. The text style tells which checks failed even when it was not
/// asked to be verbose, as Kubernetes' components do.
final class HealthEndpoints {
  private static final String TEXT = "text/plain; charset=utf-8";

  private final Health health;

  HealthEndpoints(Health health) {
    this.health = health;
  }

  /// Adds every probe path to `web`, none of them in its access log; `prefix` is empty or starts with a slash.
  void register(Web web, String prefix) {
    for (Probe probe : Probe.values()) {
      String name = probe.name().toLowerCase(Locale.ROOT);
      String kubernetes = switch (probe) {
        case ALIVE -> "livez";
        case READY -> "readyz";
        case STARTUP -> "startupz";
      };
      Reply valid = json(new Verdict(probe, true, List.of()), false);
      Reply invalid = json(new Verdict(probe, false, List.of()), false);
      web.get(prefix + "/" + name, request -> asked(request, "verbose") || !request.queryAll("exclude").isEmpty()
          ? json(verdict(request, probe), asked(request, "verbose"))
          : health.valid(probe) ? valid : invalid).unlogged();
      web.get(prefix + "/" + name + "_verbose", request -> json(verdict(request, probe), true)).unlogged();
      web.get("/" + kubernetes, request -> text(request, probe, kubernetes)).unlogged();
      web.get("/" + kubernetes + "/{check}", request -> one(probe, request.path("check"))).unlogged();
    }
  }

  private Verdict verdict(Request request, Probe probe) {
    return health.verdict(probe, Set.copyOf(request.queryAll("exclude")));
  }

  private static boolean asked(Request request, String name) {
    return request.query(name).isPresent();
  }

  private static Reply json(Verdict verdict, boolean verbose) {
    var json = new JsonWriter().object()
        .name("name").value(verdict.probe().name().toLowerCase(Locale.ROOT))
        .name("valid").value(verdict.valid());
    if (verbose) {
      json.name("details").array();
      verdict.details().forEach(detail -> write(json, detail));
      json.end();
    }
    return uncached(Reply.bytes("application/json", json.end().toByteArray()).status(status(verdict.valid())));
  }

  private static void write(JsonWriter json, Detail detail) {
    json.object().name("name").value(detail.name()).name("valid").value(detail.valid());
    if (detail.optional()) {
      json.name("optional").value(true);
    }
    json.name("message").value(detail.message())
        .name("since").value(detail.since().toString())
        .name("age_ms").value(detail.age().toMillis())
        .end();
  }

  private Reply text(Request request, Probe probe, String name) {
    Set<String> excluded = new LinkedHashSet<>(request.queryAll("exclude"));
    Verdict verdict = health.verdict(probe, excluded);
    if (verdict.valid() && !asked(request, "verbose")) {
      return plain(true, "ok");
    }
    var text = new StringBuilder();
    verdict.details().forEach(detail -> text.append(line(detail)).append('\n'));
    for (String check : excluded) {
      text.append(health.verdict(probe, check).isPresent() ? "[+]" + check + " excluded: ok\n" : "warn: no check '" + check + "' to exclude\n");
    }
    return plain(verdict.valid(), text.append(name).append(" check ").append(verdict.valid() ? "passed" : "failed").toString());
  }

  private static String line(Detail detail) {
    if (detail.valid()) {
      return "[+]" + detail.name() + " ok";
    }
    return "[-]" + detail.name() + (detail.optional() ? " failed (optional): " : " failed: ") + detail.message();
  }

  private Reply one(Probe probe, String check) {
    return health.verdict(probe, check)
        .map(detail -> plain(detail.valid(), detail.valid() ? "ok" : "failed: " + detail.message()))
        .orElseGet(() -> Reply.problem(404, "Not Found", "no check '" + check + "' counts for " + probe.name().toLowerCase(Locale.ROOT)));
  }

  private static Reply plain(boolean valid, String text) {
    return uncached(Reply.bytes(TEXT, text.getBytes(StandardCharsets.UTF_8)).status(status(valid)))
        .header("X-Content-Type-Options", "nosniff");
  }

  private static Reply uncached(Reply reply) {
    return reply.header("Cache-Control", "no-store");
  }

  private static int status(boolean valid) {
    return valid ? 200 : 503;
  }
}

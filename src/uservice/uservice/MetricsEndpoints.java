package uservice;

import module java.base;
import uservice.http.Reply;
import uservice.http.Request;
import uservice.http.Web;
import uservice.json.Json;
import uservice.metrics.Metrics;
import uservice.metrics.Page;

/// `metrics` and `version` on the health port.
final class MetricsEndpoints {
  private final Metrics metrics;
  private final Settings settings;

  MetricsEndpoints(Metrics metrics, Settings settings) {
    this.metrics = metrics;
    this.settings = settings;
  }

  void register(Web web, String prefix) {
    web.get(prefix + "/metrics", this::page);
    if (!prefix.isEmpty()) {
      web.get("/metrics", this::page);
    }
    web.get(prefix + "/version", _ -> Reply.json(version()).header("Cache-Control", "no-store"));
  }

  /// What `version` tells; `hams_name` and `hams_version` are the names that HaMS' clients know for what answers them.
  Map<String, Object> version() {
    var told = new LinkedHashMap<String, Object>();
    told.put("name", settings.name());
    told.put("version", settings.version().orElse(Build.version()));
    told.put("uservice", Build.version());
    told.put("hams_name", "uservice");
    told.put("hams_version", Build.version());
    told.put("java", Build.java());
    told.put("modules", Build.modules().keySet());
    return told;
  }

  private Reply page(Request request) {
    Page page = metrics.render(request.header("Accept").orElse(""), request.header("Accept-Encoding").orElse(""), request.queryAll("name[]"));
    Reply reply = Reply.bytes(page.contentType(), page.bytes()).header("Cache-Control", "no-store").header("Vary", "Accept, Accept-Encoding");
    return page.contentEncoding() == null ? reply : reply.header("Content-Encoding", page.contentEncoding());
  }
}

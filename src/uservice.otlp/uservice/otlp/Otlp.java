package uservice.otlp;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.trace.Sampler;
import uservice.trace.SpanData;
import uservice.trace.SpanExporter;

/// What the chassis finds: reads the settings, and has an [Exporter] do the rest.
public final class Otlp implements SpanExporter {
  private static final Logger LOG = System.getLogger("uservice.otlp");

  private Exporter exporter;

  /// For `ServiceLoader`.
  public Otlp() {}

  @Override public Optional<Sampler> start(Setup setup) {
    var variables = new Variables(setup.environment());
    Optional<Options> options = Options.of(setup, variables);
    if (options.isPresent()) {
      Encoding encoding = options.get().protobuf() ? new ProtobufSpans() : new JsonSpans();
      var collector = new Collector(options.get(), encoding.contentType());
      exporter = new Exporter(options.get(), encoding, collector, setup.metrics(), System::nanoTime);
      exporter.start();
    }
    Optional<Sampler> configured = setup.config().sample().map(share -> new Sampler(share, true));
    Optional<Sampler> sampler = options.map(_ -> configured.orElseGet(variables::sampler));
    variables.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
    return sampler;
  }

  @Override public void ended(SpanData span) {
    exporter.ended(span);
  }

  @Override public boolean close(Duration limit) throws InterruptedException {
    return exporter.close(limit);
  }
}

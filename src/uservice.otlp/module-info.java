/// Sends spans to Jaeger, to an OpenTelemetry collector, or to whatever else takes OTLP over HTTP. Where this module is on the
/// module path and `trace.endpoint` or one of OpenTelemetry's variables names a collector, it runs. Read
/// [uservice.otlp], then `Otlp`, `Exporter`, `Collector`.
module uservice.otlp {
  requires uservice.wire;

  provides uservice.trace.SpanExporter with uservice.otlp.Otlp;
}

/// The plumbing of a service on Kubernetes, on the plain JDK.
///
/// In reading order: [uservice] wires everything together: `Main`, `Uservice` and `Service`, where the start and the end of a
/// service stand, each in one method. Below it, [uservice.cli] is the command line, [uservice.http] the wrapper that makes
/// the JDK's HTTP server fit for a network. Below these, side by side: [uservice.lifecycle] (states, signals, the orderly
/// end), [uservice.health] (checks and verdicts), [uservice.trace] (spans, and what calls carry), [uservice.metrics] (registry
/// and exposition), [uservice.log] (one JSON object a line), [uservice.queue] and [uservice.counter] (two small interfaces, in memory here, over the network in
/// modules of their own, found through [uservice.backend]). At the bottom [uservice.config] binds records to a file,
/// `uservice.yaml`, which is not exported, and [uservice.json] read and write, [uservice.tls] reads PEM files.
///
/// A feature is a module of its own that provides a [uservice.Feature]; this one names none.
module uservice {
  requires java.logging;
  requires jdk.httpserver;
  requires jdk.unsupported;

  exports uservice;
  exports uservice.backend;
  exports uservice.cli;
  exports uservice.config;
  exports uservice.counter;
  exports uservice.health;
  exports uservice.http;
  exports uservice.json;
  exports uservice.lifecycle;
  exports uservice.log;
  exports uservice.metrics;
  exports uservice.queue;
  exports uservice.tls;
  exports uservice.trace;

  uses uservice.AdminPage;
  uses uservice.Feature;
  uses uservice.cli.Command;
  uses uservice.counter.CounterBackend;
  uses uservice.queue.QueueBackend;
  uses uservice.trace.SpanExporter;

  provides java.util.spi.CalendarNameProvider with uservice.http.DateNames;
  provides java.util.spi.TimeZoneNameProvider with uservice.http.Greenwich;
}

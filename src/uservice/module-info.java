/// The plumbing of a service on Kubernetes, on the plain JDK.
module uservice {
  requires java.logging;
  requires jdk.httpserver;
  requires jdk.unsupported;

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

  uses uservice.counter.CounterBackend;
  uses uservice.queue.QueueBackend;
  uses uservice.cli.Command;
}

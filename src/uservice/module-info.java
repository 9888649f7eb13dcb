/// The plumbing of a service on Kubernetes, on the plain JDK.
module uservice {
  requires java.logging;
  requires jdk.httpserver;
  requires jdk.unsupported;

  exports uservice.config;
  exports uservice.json;
  exports uservice.lifecycle;
  exports uservice.log;
  exports uservice.metrics;
}

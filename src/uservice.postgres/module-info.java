/// PostgreSQL behind the counter and the queue: a client for its protocol 3.0, servers 12 to 18, on the plain JDK.
///
/// Read [uservice.postgres]: the chapter has the URI, the tables and the reasons.
module uservice.postgres {
  requires transitive uservice;
  requires uservice.wire;

  exports uservice.postgres;

  provides uservice.queue.QueueBackend with uservice.postgres.PostgresBackend;
  provides uservice.counter.CounterBackend with uservice.postgres.PostgresBackend;
}

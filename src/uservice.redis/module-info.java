/// Redis (6.2 to 8, and Valkey) behind the counter and the queue: `redis://`, `rediss://` with TLS, `redis+unix://`.
///
/// In reading order: [uservice.redis] says what the URI may hold, what lies under which key, and what is promised.
module uservice.redis {
  requires uservice;
  requires uservice.wire;

  provides uservice.counter.CounterBackend with uservice.redis.RedisCounters;
  provides uservice.queue.QueueBackend with uservice.redis.RedisQueues;
}

package uservice.redis;

import module java.base;
import uservice.counter.BoundedCounter;
import uservice.counter.CounterException;

/// A counter in a string key, which any other client may read.
final class RedisCounter implements BoundedCounter {
  /// Lua counts in doubles: beyond this a comparison would be about.
  static final long LIMIT_MAX = (1L << 53) - 1;

  private static final Script NEXT = Script.of("""
      local given = redis.call('GET', KEYS[1])
      if given and tonumber(given) >= tonumber(ARGV[1]) then return 0 end
      return redis.call('INCR', KEYS[1])
      """);

  private final Redis redis;
  private final long limit;
  private final List<?> words;
  private final Command next;
  private final Command get;
  private final Command reset;
  private final Command touch;

  RedisCounter(Settings settings, long limit) {
    if (limit > LIMIT_MAX) {
      throw new IllegalArgumentException("limit " + limit + ", at most " + LIMIT_MAX + " with Redis");
    }
    this.redis = new Redis(settings);
    this.limit = limit;
    this.words = List.of(1, settings.keys(), limit);
    this.next = NEXT.prepared(words);
    this.get = Command.of("GET", settings.keys());
    this.reset = Command.of("DEL", settings.keys());
    this.touch = Command.of("SETRANGE", settings.keys(), 0, "");
  }

  private interface Ask {
    Reply ask() throws RedisException, InterruptedException;
  }

  private Reply ask(Ask question) throws CounterException {
    String where = redis.settings().where();
    try {
      Reply reply = question.ask();
      if (reply instanceof Reply.Refused no) {
        throw CounterException.refused(where, Refusals.explain(no, redis.settings()));
      }
      return reply;
    } catch (RedisException failed) {
      if (redis.closed()) {
        throw CounterException.closed(where);
      }
      if (failed.refused()) {
        throw CounterException.refused(where, failed.getMessage());
      }
      throw failed.mayHaveRun() ? CounterException.unanswered(where, failed) : CounterException.unreachable(where, failed);
    } catch (InterruptedException cut) {
      Thread.currentThread().interrupt();
      throw CounterException.unanswered(where, new IOException("interrupted"));
    }
  }

  @Override public OptionalLong next() throws CounterException {
    long number = number(ask(() -> NEXT.run(redis, next, words)));
    return number == 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  @Override public long value() throws CounterException {
    return number(ask(() -> redis.ask(get)));
  }

  private long number(Reply reply) throws CounterException {
    try {
      return reply instanceof Reply.Nil ? 0 : Long.parseLong(reply.string());
    } catch (NumberFormatException unfit) {
      throw CounterException.refused(redis.settings().where(), "key '" + redis.settings().keys() + "' holds '" + reply.string() + "', which is no whole number");
    }
  }

  @Override public void reset() throws CounterException {
    ask(() -> redis.ask(reset));
  }

  /// Writes nothing into the key: a write, which the server refuses as it would any other, and which changes nothing.
  @Override public void ping() throws CounterException {
    ask(() -> redis.ask(touch));
  }

  @Override public long limit() { return limit; }

  @Override public void close() { redis.close(); }
}

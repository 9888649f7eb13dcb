package uservice.redis;

import module java.base;
import uservice.queue.QueueException;

/// The queue's way to its server: runs scripts and commands on the queue's keys, makes the stream and its group where they are not there,
/// and tells what goes wrong as a [QueueException].
final class Steps {
  private final Redis redis;
  private final List<String> keys;
  private volatile boolean tooLarge;

  Steps(Settings settings) {
    this.redis = new Redis(settings);
    this.keys = List.of(settings.keys(), settings.keys() + ":dead", settings.keys() + ":ids");
  }

  interface Ask {
    Reply ask() throws RedisException, InterruptedException;
  }

  /// Words of a script, of any kind, in a list that grows.
  static List<Object> words(Object... words) { return new ArrayList<>(List.of(words)); }

  Redis redis() { return redis; }

  /// The stream of jobs.
  String stream() { return keys.getFirst(); }

  /// That of the dead.
  String dead() { return keys.get(1); }

  String where() { return redis.settings().where(); }

  /// Runs a script on the three keys.
  Reply run(Script script, List<Object> words) throws QueueException, InterruptedException {
    List<Object> all = keyed(words);
    return ask(() -> script.run(redis, all));
  }

  private List<Object> keyed(List<Object> words) {
    var all = new ArrayList<Object>(words.size() + 4);
    all.add(keys.size());
    all.addAll(keys);
    all.addAll(words);
    return all;
  }

  /// Runs a script where there is a connection, without caring what comes of it.
  void farewell(Script script, List<Object> words) { redis.farewell(script.whole(keyed(words))); }

  /// Runs a script for a call that has no word for an interrupt: it is left for the caller to see.
  Reply runWhole(Script script, List<Object> words) throws QueueException {
    try {
      return run(script, words);
    } catch (InterruptedException cut) {
      Thread.currentThread().interrupt();
      throw QueueException.unanswered(where(), new IOException("interrupted"));
    }
  }

  /// Asks, and where there is no group yet, or no more, makes it and asks again.
  Reply ask(Ask question) throws QueueException, InterruptedException {
    Reply reply = answer(question);
    if (reply instanceof Reply.Refused no && groupless(no)) {
      reply = answer(() -> redis.ask(Command.of("XGROUP", "CREATE", stream(), Scripts.GROUP, "0", "MKSTREAM")));
      if (!(reply instanceof Reply.Refused made) || made.code().equals("BUSYGROUP")) { // another was faster
        reply = answer(question);
      }
    }
    if (reply instanceof Reply.Refused no) {
      throw QueueException.refused(where(), Refusals.explain(no, redis.settings()));
    }
    return reply;
  }

  private static boolean groupless(Reply.Refused no) { return no.message().contains("NOGROUP") || no.message().contains("no such key"); }

  private Reply answer(Ask question) throws QueueException, InterruptedException {
    try {
      return question.ask();
    } catch (RedisException failed) {
      if (redis.closed()) {
        throw QueueException.closed(where());
      }
      if (failed.refused()) {
        throw QueueException.refused(where(), failed.getMessage());
      }
      tooLarge |= failed.getCause() instanceof ReplyReader.TooLarge;
      throw failed.mayHaveRun() ? QueueException.unanswered(where(), failed) : QueueException.unreachable(where(), failed);
    }
  }

  /// Whether an answer was too large for this client since this was asked last.
  boolean wasTooLarge() {
    boolean was = tooLarge;
    tooLarge = false;
    return was;
  }

  /// The items of an answer that is an array.
  List<Reply> items(Reply reply) throws QueueException {
    if (reply instanceof Reply.Many(var items)) {
      return items;
    }
    throw QueueException.refused(where(), "answered with " + reply.getClass().getSimpleName() + " where an array was expected");
  }

  /// A number, in whichever way it is written; 0 where it is none.
  static long number(Reply reply) {
    try {
      return reply == null ? 0 : Long.parseLong(reply.string());
    } catch (NumberFormatException unfit) {
      return 0;
    }
  }
}

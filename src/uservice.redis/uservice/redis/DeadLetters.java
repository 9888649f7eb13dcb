package uservice.redis;

import static uservice.redis.Steps.number;
import static uservice.redis.Steps.words;

import module java.base;
import uservice.queue.DeadJob;
import uservice.queue.Job;
import uservice.queue.QueueException;

/// The dead-letter list of a queue: a stream of its own, whose entries say how often each job was tried, and why it is dead.
final class DeadLetters {
  private static final int PAGE = 256;

  private interface Visitor {
    /// Sees an entry, and says whether to go on.
    boolean visit(String at, Reply.Many entry) throws QueueException;
  }

  private final Steps steps;

  DeadLetters(Steps steps) {
    this.steps = steps;
  }

  List<DeadJob> first(int max) throws QueueException {
    var dead = new ArrayList<DeadJob>();
    if (max < 1) {
      return dead;
    }
    walk((_, entry) -> {
      Map<String, Reply> fields = Entry.fields(entry);
      byte[] body = fields.get("body") instanceof Reply.Bulk(var bytes) && bytes.length <= Job.BODY_BYTES_MAX ? bytes : new byte[0];
      dead.add(new DeadJob(new Job(id(entry), body), (int) number(fields.get("attempts")), fields.get("reason").string()));
      return dead.size() < max;
    });
    return dead;
  }

  /// Takes out the jobs with these ids, to the end of the queue where `again`; returns how many.
  int exhume(Collection<String> ids, boolean again) throws QueueException {
    var wanted = Set.copyOf(ids);
    var found = new ArrayList<String>();
    walk((at, entry) -> {
      if (wanted.contains(id(entry))) {
        found.add(at);
      }
      return true;
    });
    int count = 0;
    for (int from = 0; from < found.size(); from += RedisQueue.IDS_MAX) {
      var words = words(again ? 1 : 0);
      words.addAll(found.subList(from, Math.min(found.size(), from + RedisQueue.IDS_MAX)));
      count += (int) number(steps.runWhole(Scripts.EXHUME, words));
    }
    return count;
  }

  private void walk(Visitor visitor) throws QueueException {
    for (String from = "-"; ; ) {
      String begin = from;
      List<Reply> page = page(begin);
      for (Reply entry : page) {
        from = "(" + steps.items(entry).getFirst().string();
        if (!visitor.visit(from.substring(1), (Reply.Many) entry)) {
          return;
        }
      }
      if (page.size() < PAGE) {
        return;
      }
    }
  }

  private List<Reply> page(String from) throws QueueException {
    try {
      return steps.items(steps.ask(() -> steps.redis().ask(Command.of("XRANGE", steps.dead(), from, "+", "COUNT", PAGE))));
    } catch (InterruptedException cut) {
      Thread.currentThread().interrupt();
      throw QueueException.unanswered(steps.where(), new IOException("interrupted"));
    }
  }

  /// The job's id; that of the entry where nobody gave it one, or one that is too long.
  private static String id(Reply.Many entry) {
    Reply given = Entry.fields(entry).get("id");
    boolean fit = given != null && !given.string().isEmpty() && given.string().length() <= Job.ID_CHARS_MAX;
    return fit ? given.string() : entry.items().getFirst().string();
  }
}

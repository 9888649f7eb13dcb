package uservice.redis;

import module java.base;
import uservice.queue.Delivery;
import uservice.queue.Job;

/// A job in a consumer's hands: the entry of the stream that it is, and which attempt.
///
/// @param queue which handle gave it
/// @param entry the entry's id, which is the time of submission as well
record Entry(RedisQueue queue, String entry, String consumer, int attempt, Job job) implements Delivery {
  /// What stands in an entry: `[id, [field, value, …]]`.
  ///
  /// @throws IllegalArgumentException if there is no job in it
  static Entry of(RedisQueue queue, String consumer, int attempt, Reply.Many entry) {
    String at = entry.items().getFirst().string();
    Map<String, Reply> fields = fields(entry);
    if (!(fields.get("body") instanceof Reply.Bulk(var body))) {
      throw new IllegalArgumentException("no field 'body'");
    }
    return new Entry(queue, at, consumer, attempt, new Job(fields.containsKey("id") ? fields.get("id").string() : at, body));
  }

  static Map<String, Reply> fields(Reply.Many entry) {
    var fields = new HashMap<String, Reply>();
    if (entry.items().get(1) instanceof Reply.Many(var words)) {
      for (int i = 0; i + 1 < words.size(); i += 2) {
        fields.put(words.get(i).string(), words.get(i + 1));
      }
    }
    return fields;
  }
}

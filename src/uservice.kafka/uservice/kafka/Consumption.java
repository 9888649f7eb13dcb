package uservice.kafka;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Topics on their way to a [Handler]: a member of a group, with a thread for each partition that it has.
///
/// ```
///            handled
///   taken ─────────────▶ done ──each second, and when given back──▶ committed
///     │ ▲ failed: again after the retry delay
///     └─┘ failed as often as is allowed ──▶ the dead-letter topic ──▶ done
/// ```
///
/// While a handler is slow, nothing more is fetched than there is room for.
public final class Consumption implements AutoCloseable {
  private static final Logger LOG = System.getLogger("uservice.kafka");
  private static final int BATCH = 256;
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration BURY_PAUSE = Duration.ofSeconds(1);

  private final Set<String> topics;
  private final KafkaFeature.Config config;
  private final Shares shares;
  private final Producer producer;
  private final Handler handler;
  private final BiConsumer<String, String> count;
  private final Map<TopicPartition, Thread> threads = new ConcurrentHashMap<>();
  private final CountDownLatch over = new CountDownLatch(1);

  /// Has `count` count what comes of messages, by topic: "handled", "failed" or "dead". Closes only the shares of what it is given.
  Consumption(Set<String> topics, KafkaFeature.Config config, Shares shares, Producer producer, Handler handler, BiConsumer<String, String> count) {
    this.topics = topics;
    this.config = config;
    this.shares = shares;
    this.producer = producer;
    this.handler = handler;
    this.count = count;
  }

  void start() {
    shares.start(() -> true, this::begin);
    Thread.ofVirtual().name("kafka-commit").start(this::commitEach);
  }

  /// The topics, as they were asked for.
  public Set<String> topics() { return topics; }

  /// Why messages do not come at the moment; empty where they do, or would.
  public Optional<String> trouble() { return Optional.ofNullable(shares.trouble()).map(Throwable::getMessage); }

  /// Messages that are there and not committed, by the partitions that this process has.
  Map<TopicPartition, Long> lag() {
    return shares.look(all -> all.stream().filter(share -> !share.lost).collect(Collectors.toMap(share -> share.partition, Share::lag)));
  }

  // ---- one partition ----

  private void begin(Share share) {
    Thread before = threads.get(share.partition);
    threads.put(share.partition, Thread.ofVirtual().name("kafka-" + share.partition).start(() -> run(share, before)));
  }

  private void run(Share share, Thread before) {
    try {
      if (before != null) {
        before.join(); // it may still be with a message of when the partition was ours last
      }
      while (shares.open(share)) {
        work(shares.take(share, BATCH, LOOK));
      }
    } catch (InterruptedException closed) {
      // Nothing is done that was not.
    } finally {
      threads.remove(share.partition, Thread.currentThread());
    }
  }

  private void work(List<Taken> some) throws InterruptedException {
    for (int i = 0; i < some.size(); i++) {
      Taken taken = some.get(i);
      if (!shares.open(taken.share) || !handled(taken)) {
        shares.hold(some.subList(i, some.size()), false);
        return;
      }
      shares.done(List.of(taken));
    }
  }

  /// Handles one, as often as it takes; false where it is to be left to others.
  private boolean handled(Taken taken) throws InterruptedException {
    Received message = taken.message;
    int attemptsMax = config.deadSuffix().isEmpty() ? Integer.MAX_VALUE : config.maxAttempts();
    String reason = "begun " + taken.attempts + " times and never ended, it may have ended its processes";
    int most = Math.max(attemptsMax, Share.ALONE_ATTEMPTS + 1); // by those who had it before
    while (taken.attempts < most) {
      taken.attempts++;
      if (taken.share.watched(message.offset())) {
        shares.commitIfAble(); // so that the group knows that this one is begun
      }
      try {
        handler.handle(message);
        count.accept(message.topic(), "handled");
        return true;
      } catch (InterruptedException cut) {
        throw cut;
      } catch (Exception | StackOverflowError | AssertionError failed) {
        count.accept(message.topic(), "failed");
        LOG.log(Level.WARNING, message + ": attempt " + taken.attempts + " failed", failed);
        reason = failed.toString();
      }
      most = attemptsMax;
      if (taken.attempts < most && !shares.pause(taken.share, config.retryDelay())) {
        return false;
      }
    }
    return bury(taken, reason);
  }

  private boolean bury(Taken taken, String reason) throws InterruptedException {
    Received from = taken.message;
    var dead = new Message(from.topic() + config.deadSuffix(), Message.ANY, from.key(), from.value(), QueueTopics.headers(from.headers(), from, taken.attempts, reason),
        Math.max(0, from.timestamp()));
    do {
      try {
        deliver(dead);
        count.accept(from.topic(), "dead");
        LOG.log(Level.WARNING, from + ": went to '" + dead.topic() + "' after " + taken.attempts + " attempts: " + reason);
        return true;
      } catch (KafkaException away) {
        LOG.log(Level.WARNING, from + ": cannot go to '" + dead.topic() + "', nothing behind it is handled until it can: " + away.getMessage());
      }
    } while (shares.pause(taken.share, BURY_PAUSE));
    return false;
  }

  private void deliver(Message dead) throws KafkaException, InterruptedException {
    try {
      producer.deliver(dead);
    } catch (KafkaException missing) {
      if (missing.code() != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
        throw missing;
      }
      producer.cluster.createTopic(dead.topic(), 1, -1, Map.of());
      producer.deliver(dead);
    }
  }

  // ---- commits, and the end ----

  private void commitEach() {
    try {
      while (!over.await(config.commitEvery().toNanos(), TimeUnit.NANOSECONDS)) {
        shares.commitIfAble();
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /// Begins nothing more, and waits until what was begun has ended; false where that takes longer.
  public boolean finish(Duration wait) throws InterruptedException {
    shares.giveBack();
    return shares.awaitIdle(wait);
  }

  /// Commits what is done and leaves the group; messages in hand come again, to others.
  @Override public void close() {
    over.countDown();
    shares.close();
    threads.values().forEach(Thread::interrupt);
  }
}

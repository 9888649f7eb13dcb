package uservice.kafka;

import module java.base;
import uservice.wire.Address.Host;
import uservice.wire.Sasl;
import uservice.wire.Scram;
import uservice.wire.Wire;

/// One connection to a broker, which any number of threads share: a broker answers in the order in which it was asked, and each answer carries
/// the number of its request.
///
/// ```
///   send ──▶ unsent ──writer──▶ broker ──reader──▶ the oldest that waits
/// ```
///
/// A broker takes up a request when the one before is answered, so that one that waits (`Fetch`, `JoinGroup`) holds up all behind it: those have
/// connections of their own. When the oldest request has waited for its time, the connection is closed, and all that wait fail.
final class Broker implements AutoCloseable {
  static final int WAITING_MAX = 4096;
  static final long UNSENT_BYTES_MAX = 128L << 20;
  static final int ANSWER_BYTES_MAX = 64 << 20;
  private static final int AT_ONCE_BYTES_MAX = 1 << 20;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int MECHANISMS_SHOWN_MAX = 10;

  private final String where;
  private final Target target;
  private final Wire wire;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final ArrayDeque<Answer> unsent = new ArrayDeque<>();
  private final ArrayDeque<Answer> waiting = new ArrayDeque<>(); // the unsent among them
  private final Map<Integer, int[]> versions = new HashMap<>(); // least and most of each api, by its key
  private long unsentBytes;
  private int lastNumber;
  private boolean retired;
  private volatile String stage = ""; // what an end at this point hints at
  private volatile long useUntil = Long.MAX_VALUE;
  private volatile IOException failure;

  private Broker(String where, Target target, Wire wire) {
    this.where = where;
    this.target = target;
    this.wire = wire;
    Thread.ofVirtual().name("kafka-read").start(this::read);
    Thread.ofVirtual().name("kafka-write").start(this::write);
  }

  /// What will have been answered.
  final class Answer extends CompletableFuture<BytesReader> {
    private final Api api;
    private final int number;
    private final BytesWriter request;
    private final Duration time;
    private final long deadline;
    private boolean handed; // given to the system, of which the broker may have any part

    private Answer(Api api, int number, BytesWriter request, Duration time) {
      this.api = api;
      this.number = number;
      this.request = request;
      this.time = time;
      this.deadline = System.nanoTime() + time.toNanos();
    }

    /// Waits for the answer, behind its header, at most until the time for it is over.
    BytesReader await() throws KafkaException, InterruptedException {
      try {
        return get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException | TimeoutException none) {
        String why = where + ": " + (none instanceof TimeoutException ? api + ": no answer within " + time.toMillis() + " ms" : told(failure));
        throw withdraw(this) ? KafkaException.unreachable(why, failure) : KafkaException.unanswered(why, failure);
      }
    }
  }

  /// Connects, by TLS where it is meant, asks what versions the broker takes, and logs in.
  static Broker connect(Host node, Target target) throws KafkaException, InterruptedException {
    String where = target.address().scheme() + "://" + node;
    Broker made;
    try {
      made = new Broker(where, target, target.connect(node.name(), node.port()));
    } catch (IOException failed) {
      boolean untrusted = failed instanceof javax.net.ssl.SSLHandshakeException && failed.getMessage().contains("certificat");
      String advice = target.tls().isPresent() && !untrusted && (failed instanceof javax.net.ssl.SSLException
          || failed instanceof SocketTimeoutException && failed.getMessage().startsWith("no answer")) ? "; a port without TLS is kafka://" : "";
      String why = where + ": " + (failed instanceof javax.net.ssl.SSLException ? "TLS: " : "") + told(failed) + advice;
      throw untrusted ? KafkaException.refused(why, failed) : KafkaException.unreachable(why, failed);
    }
    try {
      made.greet();
      return made;
    } catch (KafkaException failed) {
      made.close();
      throw failed.retriable() ? KafkaException.unreachable(failed.getMessage(), failed) : failed;
    } catch (InterruptedException cut) {
      made.close();
      throw cut;
    }
  }

  private static String told(IOException failed) { return failed.getMessage() == null ? failed.toString() : failed.getMessage(); }

  // ---- who it is, and who we are ---------------------------------------------------------------------------------

  private void greet() throws KafkaException, InterruptedException {
    stage = target.tls().isPresent() ? "is the port one of Kafka?" : "a port with TLS is kafkas://";
    versions.put(Api.API_VERSIONS.key(), new int[] {0, 0});
    ask(Api.API_VERSIONS, _ -> {}, target.connectTimeout(), in -> {
      KafkaException.check(where + ": ApiVersions", in.error());
      return in.list(6, each -> versions.put((int) each.int16(), new int[] {each.int16(), each.int16()}));
    });
    stage = target.login().isPresent() ? "" : "a port that wants a login needs user:password@ in the URI";
    if (target.login().isPresent()) {
      login(target.login().get());
    }
  }

  /// The newest version of `api` that the broker takes, too.
  int version(Api api) throws KafkaException {
    int[] range = versions.get(api.key());
    int version = range == null ? -1 : Math.min(api.most(), range[1]);
    if (version < api.least() || version < range[0]) {
      if (range == null && api == Api.METADATA) {
        throw KafkaException.refused(where + ": this is no broker, but a controller: name a broker, or its other port", null);
      }
      throw KafkaException.refused(where + ": the broker takes " + api + (range == null ? " not at all" : " in versions " + range[0] + " to " + range[1])
          + ", spoken here are " + api.least() + " to " + api.most() + ": it must be a broker from 2.1 to 4.x", null);
    }
    return version;
  }

  private void login(Sasl login) throws KafkaException, InterruptedException {
    ask(Api.SASL_HANDSHAKE, out -> out.string(login.mechanism().toString()), target.connectTimeout(), in -> {
      ErrorCode code = in.error();
      var offered = in.list(2, BytesReader::string);
      if (code == ErrorCode.UNSUPPORTED_SASL_MECHANISM) {
        throw KafkaException.refused(where + ": the broker takes no " + login.mechanism() + ", but "
            + printable(String.join(", ", offered.subList(0, Math.min(offered.size(), MECHANISMS_SHOWN_MAX)))) + ": must be one of sasl=" + Sasl.mechanisms(), null);
      }
      KafkaException.check(where + ": login by " + login, code);
      return code;
    });
    Optional<Scram> scram = login.scram();
    if (scram.isEmpty()) {
      authenticate(login, login.plain());
      return;
    }
    try {
      String serverFirst = authenticate(login, scram.get().first());
      scram.get().verify(authenticate(login, scram.get().last(serverFirst)));
    } catch (ProtocolException unfit) {
      throw KafkaException.refused(where + ": " + unfit.getMessage(), unfit);
    }
  }

  private String authenticate(Sasl login, String said) throws KafkaException, InterruptedException {
    return ask(Api.SASL_AUTHENTICATE, out -> out.bytes(said.getBytes(StandardCharsets.UTF_8)), target.connectTimeout(), in -> {
      ErrorCode code = in.error();
      String message = in.nullableString();
      BytesReader answer = in.bytes();
      KafkaException.check(where + ": login by " + login + (message == null ? "" : ", to which the broker says '" + printable(message) + "'"), code);
      if (in.remaining() > 0) {
        long lifetime = in.int64(); // ms, 0 where it has no end: the broker closes what is used after it
        if (lifetime > 0) {
          useUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lifetime) / 10 * 8;
        }
      }
      return new String(answer.rest(), StandardCharsets.UTF_8);
    });
  }

  /// A broker's words, for a log line.
  static String printable(String words) {
    String clean = words.replaceAll("\\p{Cntrl}", " ");
    return clean.length() > 300 ? clean.substring(0, 300) + "…" : clean;
  }

  // ---- asking ----------------------------------------------------------------------------------------------------

  /// What is made of an answer.
  @FunctionalInterface interface Reading<T> {
    T read(BytesReader in) throws ProtocolException, KafkaException;
  }

  /// Asks in the newest version both know, and reads the answer; what makes no sense in it closes the connection.
  <T> T ask(Api api, Consumer<BytesWriter> body, Duration time, Reading<T> reading) throws KafkaException, InterruptedException {
    return read(send(api, body, time).await(), reading);
  }

  /// Reads an answer to its end; what makes no sense in it closes the connection.
  <T> T read(BytesReader answer, Reading<T> reading) throws KafkaException {
    try {
      T read = reading.read(answer);
      answer.end();
      return read;
    } catch (ProtocolException unfit) {
      fail(unfit);
      throw KafkaException.unanswered(where + ": " + unfit.getMessage(), unfit);
    }
  }

  /// Puts a request in the line; nothing is waited for. `time` is how long the broker may take for it.
  Answer send(Api api, Consumer<BytesWriter> body, Duration time) throws KafkaException {
    var request = new BytesWriter(256, version(api));
    // size, key, version, number, client: the first and the fourth are known later
    request.int32(0).int16(api.key()).int16(request.version).int32(0).string(target.client());
    body.accept(request);
    request.setInt32(0, request.size() - Integer.BYTES);
    lock.lock();
    try {
      if (failure != null || retired) {
        throw KafkaException.unreachable(where + ": " + (failure == null ? "closed here" : told(failure)), failure);
      }
      if (waiting.size() >= WAITING_MAX || unsentBytes > UNSENT_BYTES_MAX) {
        throw KafkaException.unreachable(where + ": too many requests wait for the broker: " + waiting.size() + ", at most " + WAITING_MAX, null);
      }
      var answer = new Answer(api, ++lastNumber, request, time);
      request.setInt32(8, answer.number);
      if (waiting.isEmpty()) {
        wire.within(time);
      }
      waiting.add(answer);
      unsent.add(answer);
      unsentBytes += request.size();
      work.signal();
      return answer;
    } finally {
      lock.unlock();
    }
  }

  private void write() {
    try {
      for (Answer next = next(); next != null; next = next()) {
        next.request.writeTo(wire.out());
        wire.out().flush();
      }
    } catch (IOException broken) {
      fail(broken);
    }
  }

  private Answer next() {
    lock.lock();
    try {
      while (unsent.isEmpty() && failure == null) {
        work.awaitUninterruptibly();
      }
      Answer next = failure == null ? unsent.poll() : null;
      if (next != null) {
        unsentBytes -= next.request.size();
        next.handed = true;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /// Takes a request back; false where the system has got it.
  private boolean withdraw(Answer answer) {
    lock.lock();
    try {
      if (!answer.handed && unsent.remove(answer)) {
        waiting.remove(answer);
        unsentBytes -= answer.request.size();
      }
      return !answer.handed;
    } finally {
      lock.unlock();
    }
  }

  private void read() {
    try (var in = new DataInputStream(new BufferedInputStream(wire.in(), BUFFER_BYTES))) {
      boolean first = true;
      while (true) {
        int size = size(in, first);
        byte[] bytes = size <= AT_ONCE_BYTES_MAX ? new byte[size] : in.readNBytes(size); // what is large is made as it arrives
        if (size <= AT_ONCE_BYTES_MAX) {
          in.readFully(bytes);
        } else if (bytes.length < size) {
          throw new EOFException();
        }
        give(bytes);
        first = false;
      }
    } catch (EOFException ended) {
      fail(new EOFException("the broker closed the connection" + (stage.isEmpty() ? "" : "; " + stage)));
    } catch (IOException broken) {
      fail(broken);
    }
  }

  private static int size(DataInputStream in, boolean first) throws IOException {
    int size = in.readInt();
    if (size < Integer.BYTES || size > ANSWER_BYTES_MAX) {
      byte[] four = ByteBuffer.allocate(Integer.BYTES).putInt(size).array();
      String guess = !first ? "" : size >>> 16 == 0x1503 ? "; the port speaks TLS: kafkas://" // an alert
          : "HTTP".equals(new String(four, StandardCharsets.ISO_8859_1)) ? "; the port speaks HTTP" : "";
      throw new ProtocolException("an answer begins with 0x" + HexFormat.of().formatHex(four) + ", expected a length from 4 to " + ANSWER_BYTES_MAX + guess);
    }
    return size;
  }

  /// Hands out an answer; the reader's own thread.
  private void give(byte[] bytes) throws IOException {
    int number = ByteBuffer.wrap(bytes).getInt();
    Answer oldest;
    lock.lock();
    try {
      oldest = waiting.peek();
      if (oldest == null || !oldest.handed || oldest.number != number) {
        throw new ProtocolException(oldest == null || !oldest.handed ? "an answer that nobody asked for" : "an answer to request " + number + ", expected " + oldest.number);
      }
      waiting.poll();
      if (oldest.api != Api.API_VERSIONS) {
        stage = "";
      }
      if (waiting.isEmpty()) {
        wire.unbounded();
      } else {
        wire.within(waiting.peek().time);
      }
      if (retired && waiting.isEmpty()) {
        fail(new IOException("closed here"));
      }
    } finally {
      lock.unlock();
    }
    oldest.complete(new BytesReader(oldest.api + " v" + oldest.request.version, oldest.request.version, bytes, Integer.BYTES, bytes.length));
  }

  private void fail(IOException why) {
    List<Answer> lost;
    lock.lock();
    try {
      if (failure == null) {
        failure = why;
      }
      lost = List.copyOf(waiting);
      waiting.clear();
      unsent.clear();
      work.signal();
    } finally {
      lock.unlock();
    }
    wire.close();
    lost.forEach(answer -> answer.completeExceptionally(failure));
  }

  // ---- its end ---------------------------------------------------------------------------------------------------

  /// Whether it may be asked: it is not broken, and the broker will not close it soon for its age.
  boolean usable() { return failure == null && System.nanoTime() - useUntil < 0; }

  /// Takes no more, and closes when the last answer has come.
  void retire() {
    lock.lock();
    try {
      retired = true;
      if (!waiting.isEmpty()) {
        return;
      }
    } finally {
      lock.unlock();
    }
    close();
  }

  /// `kafka://host:port`.
  @Override public String toString() { return where; }

  /// Closes; whoever waits fails.
  @Override public void close() { fail(new IOException("closed here")); }
}

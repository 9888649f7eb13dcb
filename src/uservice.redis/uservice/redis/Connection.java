package uservice.redis;

import module java.base;
import uservice.wire.Wire;

/// One connection that any number of threads share: commands are answered in the order in which they were sent, so each thread appends
/// its command and waits for the answer that is its own.
///
/// ```
///   callers ──append──▶ buffer ──whoever finds nobody writing writes for all──▶ server
///      ▲                                                                           │
///      └──────────── the oldest that waits ◀── reader, one virtual thread ◀────────┘
/// ```
///
/// The server has to go on answering: when the oldest command has waited for its time, the connection is closed and all that
/// wait fail. None of them ever gets another's answer, since a place in the line is given up only with the connection, or by
/// its own answer.
final class Connection implements AutoCloseable {
  static final int WAITING_MAX = 16_384;
  static final int BUFFER_BYTES_MAX = 64 << 20;
  private static final int TURNS_MAX = 16;
  private static final int TOGETHER_MAX = 256;

  /// A place in the line.
  private static final class Place {
    final Thread caller = Thread.currentThread();
    final Duration time;
    final long number; // how many bytes of the stream end with its command
    volatile Reply reply;

    Place(Duration time, long number) {
      this.time = time;
      this.number = number;
    }
  }

  private final Wire wire;
  private final ReplyReader reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Place> line = new ArrayDeque<>();
  private final List<Reply> come = new ArrayList<>(); // these two belong to the reader
  private final List<Place> places = new ArrayList<>();
  private Buffer filling = new Buffer();
  private Buffer written = new Buffer();
  private boolean writing;
  private long appended; // bytes
  private volatile long handed; // bytes given to the system, of which the server may have any number
  private volatile IOException failure;

  /// Takes over the wire.
  Connection(Wire wire, String name) {
    this.wire = wire;
    this.reader = new ReplyReader(wire.in(), this::give);
    Thread.ofVirtual().name(name).start(this::read);
  }

  boolean broken() { return failure != null; }

  /// Sends a command and waits for its answer, at most `time`.
  ///
  /// @throws InterruptedException if the caller is interrupted; the server may have run the command
  Reply ask(Command command, Duration time) throws RedisException, InterruptedException {
    return ask(List.of(command), time).getFirst();
  }

  /// Sends commands together, and waits for the answers to all of them.
  List<Reply> ask(List<Command> commands, Duration time) throws RedisException, InterruptedException {
    var places = new ArrayList<Place>(commands.size());
    boolean lead = append(commands, time, places);
    if (lead) {
      Thread.yield(); // whoever is about to ask appends meanwhile: one write for all of them
      write();
    }
    long deadline = System.nanoTime() + time.toNanos();
    var replies = new ArrayList<Reply>(commands.size());
    for (Place place : places) {
      replies.add(await(place, deadline));
    }
    return replies;
  }

  private boolean append(List<Command> commands, Duration time, List<Place> places) throws RedisException {
    lock.lock();
    try {
      if (failure != null) {
        throw RedisException.unreachable(failure.getMessage(), failure);
      }
      if (line.size() + commands.size() > WAITING_MAX || filling.size() > BUFFER_BYTES_MAX) {
        throw RedisException.unreachable("too many commands wait for the server: " + line.size() + ", at most " + WAITING_MAX, null);
      }
      if (line.isEmpty()) {
        wire.within(time);
      }
      for (Command command : commands) {
        filling.writeBytes(command.bytes());
        appended += command.bytes().length;
        var place = new Place(time, appended);
        line.add(place);
        places.add(place);
      }
      boolean lead = !writing;
      writing = true;
      return lead;
    } finally {
      lock.unlock();
    }
  }

  /// Writes until nothing is left, on behalf of all who append meanwhile; where they go on and on, another takes over, since the
  /// caller's own answer may be there by now.
  private void write() {
    try {
      for (int turns = 0; swap(); turns++) {
        written.writeTo(wire.out());
        written.reset();
        if (turns == TURNS_MAX) {
          Thread.ofVirtual().name("redis-write").start(this::write);
          return;
        }
      }
    } catch (IOException broken) {
      fail(broken);
    }
  }

  private boolean swap() {
    lock.lock();
    try {
      if (filling.size() == 0 || failure != null) {
        writing = false;
        return false;
      }
      Buffer next = filling;
      filling = written;
      written = next;
      handed = appended;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void read() {
    try {
      while (true) {
        come.add(reader.read());
        if (come.size() == TOGETHER_MAX) {
          give();
        }
      }
    } catch (IOException broken) {
      fail(lastWords(broken));
    }
  }

  /// What came whole before the stream broke is given out; returns why it broke.
  private IOException lastWords(IOException broken) {
    try {
      give();
      return broken;
    } catch (IOException unasked) {
      return unasked;
    }
  }

  /// Hands out the replies that have come; the reader's own thread, before it waits for more.
  private void give() throws IOException {
    places.clear();
    lock.lock();
    try {
      for (int i = 0; i < come.size() && !line.isEmpty(); i++) {
        places.add(line.poll());
      }
      Place next = line.peek();
      if (next == null) {
        wire.unbounded();
      } else {
        wire.within(next.time);
      }
    } finally {
      lock.unlock();
    }
    for (int i = 0; i < places.size(); i++) {
      places.get(i).reply = come.get(i);
      LockSupport.unpark(places.get(i).caller);
    }
    if (places.size() < come.size()) {
      throw new ProtocolException(come.get(places.size()) instanceof Reply.Refused(var said) ? "the server closed the connection: " + said
          : "an answer that nobody asked for");
    }
    come.clear();
  }

  private Reply await(Place place, long deadline) throws RedisException, InterruptedException {
    while (place.reply == null) {
      IOException broken = failure;
      if (broken != null && place.reply == null) {
        throw place.number <= handed ? RedisException.unanswered(broken.getMessage(), broken) : RedisException.unreachable(broken.getMessage(), broken);
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw RedisException.unanswered("no answer within " + place.time.toMillis() + " ms", null);
      }
      LockSupport.parkNanos(this, left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return place.reply;
  }

  private void fail(IOException why) {
    lock.lock();
    try {
      if (failure == null) {
        failure = why;
      }
      line.forEach(place -> LockSupport.unpark(place.caller));
      line.clear();
      writing = false;
    } finally {
      lock.unlock();
    }
    wire.close();
  }

  /// Closes; whoever waits fails.
  @Override public void close() { fail(new IOException("closed here")); }

  /// A byte array stream that gives its room back once it was large.
  private static final class Buffer extends ByteArrayOutputStream {
    private static final int KEPT = 1 << 20;

    Buffer() { super(8 * 1024); }

    @Override public void reset() {
      if (buf.length > KEPT) {
        buf = new byte[8 * 1024];
      }
      super.reset();
    }
  }
}

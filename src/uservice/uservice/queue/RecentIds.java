package uservice.queue;

/// The ids that were seen of late, as many as are asked for and for as long: what recognises a job that comes twice. Not for several
/// threads at once.
///
/// A ring of ids in their order, and a table of places in the ring, with open addressing, so that an id costs no object of its own.
/// The JDK's maps link their entries: a dead entry that has grown old points to a younger one of its bucket, keeps it through
/// every young collection, and the heap fills with entries that nobody has.
public final class RecentIds {
  private static final int ROOM_FIRST = 256;

  private final int most;
  private final long window;
  private String[] ids = new String[0];
  private long[] times = new long[0];
  private int[] table = new int[1]; // places in the ring, counted from 1; a power of two, twice as long as the ring
  private int first; // the oldest
  private int size;

  /// At most `most` ids, each for less than `window`, in whatever unit the times have.
  public RecentIds(int most, long window) {
    this.most = most;
    this.window = window;
  }

  public int size() { return size; }

  /// Whether the id was added within the window before `now`.
  public boolean contains(String id, long now) {
    int place = table[slot(id)];
    return place > 0 && now - times[place - 1] < window;
  }

  /// Adds an id at `now`, which is no earlier than what came before, and forgets those whose time is over and the oldest of too
  /// many. Returns false where it is there already, and changes nothing of it.
  public boolean add(String id, long now) {
    while (size > 0 && now - times[first] >= window) {
      forgetFirst();
    }
    if (most == 0 || window <= 0) {
      return true;
    }
    if (table[slot(id)] > 0) {
      return false;
    }
    if (size == most) {
      forgetFirst();
    }
    if (size == ids.length) {
      grow();
    }
    int place = (first + size++) % ids.length;
    ids[place] = id;
    times[place] = now;
    table[slot(id)] = place + 1;
    return true;
  }

  /// Where the id is in the table, or would be.
  private int slot(String id) {
    int mask = table.length - 1;
    int slot = home(id);
    while (table[slot] > 0 && !ids[table[slot] - 1].equals(id)) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private int home(String id) {
    int hash = id.hashCode() * 0x9e3779b9; // spreads ids that differ in their last digits
    return (hash ^ hash >>> 15) & table.length - 1;
  }

  private void forgetFirst() {
    int gap = slot(ids[first]);
    ids[first] = null;
    first = (first + 1) % ids.length;
    size--;
    // What stands behind the gap moves up, where it is then no nearer than its home (Knuth, TAOCP 3, 6.4, algorithm R).
    int mask = table.length - 1;
    for (int next = gap + 1 & mask; table[next] > 0; next = next + 1 & mask) {
      int home = home(ids[table[next] - 1]);
      if ((next - home & mask) >= (next - gap & mask)) {
        table[gap] = table[next];
        gap = next;
      }
    }
    table[gap] = 0;
  }

  private void grow() {
    int room = (int) Math.min(most, Math.max(ROOM_FIRST, ids.length * 2L));
    var grownIds = new String[room];
    var grownTimes = new long[room];
    for (int i = 0; i < size; i++) {
      grownIds[i] = ids[(first + i) % ids.length];
      grownTimes[i] = times[(first + i) % ids.length];
    }
    ids = grownIds;
    times = grownTimes;
    first = 0;
    table = new int[Integer.highestOneBit(Math.max(1, room - 1)) * 4];
    for (int i = 0; i < size; i++) {
      table[slot(ids[i])] = i + 1;
    }
  }
}

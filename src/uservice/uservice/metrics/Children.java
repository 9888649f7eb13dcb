package uservice.metrics;

import module java.base;

/// What stands under each set of label values of a family, in the order in which the sets came.
///
/// A set is found by hash without a lock and without garbage: the table is read as it is, and since a child never changes and
/// is only ever added to an empty place, the worst that a reader can see is a place that was filled a moment ago as empty;
/// it then looks again under the lock. Taking away makes new arrays. At most `max` sets are held, and one more of `other`.
final class Children<C> {
  static final String OTHER = "other";

  private static final int ROOM = 8;

  /// One set of label values, what stands under it, and the bytes in front of its numbers.
  static final class Child<C> {
    final String[] values;
    final int hash;
    final byte[][] prefixes;
    final C content;

    Child(String[] values, byte[][] prefixes, C content) {
      this.values = values;
      this.hash = hash(values);
      this.prefixes = prefixes;
      this.content = content;
    }

    boolean has(int hash, int count, String a, String b, String c) {
      return this.hash == hash && values.length == count && values[0].equals(a)
          && (count < 2 || values[1].equals(b)) && (count < 3 || values[2].equals(c));
    }
  }

  private final Description description;
  private final Supplier<C> maker;
  private final int max;
  private final Runnable overflowed;
  private final String[] others;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Child<C>[] slots = array(ROOM); // open addressing, at most half full, a power of two
  private volatile Child<C>[] order = array(ROOM);
  private volatile int size; // written last: whoever reads it sees what was put into the arrays before

  Children(Description description, Supplier<C> maker, int max, Runnable overflowed) {
    this.description = description;
    this.maker = maker;
    this.max = max;
    this.overflowed = overflowed;
    this.others = new String[description.labels.size()];
    Arrays.fill(others, OTHER);
  }

  C of(String a) {
    Child<C> child = find(a.hashCode(), 1, a, null, null);
    return child != null ? child.content : bind(a);
  }

  C of(String a, String b) {
    Child<C> child = find(31 * a.hashCode() + b.hashCode(), 2, a, b, null);
    return child != null ? child.content : bind(a, b);
  }

  C of(String a, String b, String c) {
    Child<C> child = find(31 * (31 * a.hashCode() + b.hashCode()) + c.hashCode(), 3, a, b, c);
    return child != null ? child.content : bind(a, b, c);
  }

  C of(String... values) {
    Child<C> child = find(values);
    return child != null ? child.content : bind(values);
  }

  /// The children in their order, up to the first null. What is added meanwhile may show; what is taken away stays.
  Child<C>[] all() {
    return size == 0 ? array(0) : order;
  }

  boolean isFull() {
    return size >= max && size - (has(others) ? 1 : 0) >= max;
  }

  boolean has(String... values) {
    return find(values) != null;
  }

  boolean remove(String... values) {
    String[] wanted = wellFormed(values);
    return removeIf(child -> Arrays.equals(child.values, wanted));
  }

  boolean removeIf(Predicate<Child<C>> unwanted) {
    lock.lock();
    try {
      Child<C>[] before = order;
      int count = size;
      Child<C>[] kept = array(before.length);
      int n = 0;
      for (int i = 0; i < count; i++) {
        if (!unwanted.test(before[i])) {
          kept[n++] = before[i];
        }
      }
      if (n == count) {
        return false;
      }
      slots = table(kept, n, slots.length);
      order = kept;
      size = n;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// The slow path: a set that was not there, or not yet seen.
  private C bind(String... values) {
    if (values.length != description.labels.size()) {
      throw Names.refused(description.name, "has the labels " + description.labels + ", got the values "
          + Arrays.toString(values) + ": one for each label");
    }
    String[] wanted = wellFormed(values);
    lock.lock();
    try {
      Child<C> child = find(wanted);
      if (child == null && isFull() && !Arrays.equals(wanted, others)) {
        wanted = others;
        child = find(wanted);
        overflowed.run();
      }
      return child != null ? child.content : add(new Child<>(wanted, description.prefixes(wanted), maker.get()));
    } finally {
      lock.unlock();
    }
  }

  private C add(Child<C> child) {
    int count = size;
    if (count == order.length) {
      order = Arrays.copyOf(order, 2 * count);
    }
    order[count] = child;
    if (2 * (count + 1) > slots.length) {
      slots = table(order, count + 1, 2 * slots.length);
    } else {
      put(child, slots);
    }
    size = count + 1;
    return child.content;
  }

  private Child<C> find(int hash, int count, String a, String b, String c) {
    Child<C>[] table = slots;
    int mask = table.length - 1;
    for (int i = spread(hash) & mask; ; i = i + 1 & mask) {
      Child<C> child = table[i];
      if (child == null || child.has(hash, count, a, b, c)) {
        return child;
      }
    }
  }

  private Child<C> find(String[] values) {
    int hash = hash(values);
    Child<C>[] table = slots;
    int mask = table.length - 1;
    for (int i = spread(hash) & mask; ; i = i + 1 & mask) {
      Child<C> child = table[i];
      if (child == null || child.hash == hash && Arrays.equals(child.values, values)) {
        return child;
      }
    }
  }

  private static <C> Child<C>[] table(Child<C>[] order, int count, int length) {
    Child<C>[] table = array(length);
    for (int i = 0; i < count; i++) {
      put(order[i], table);
    }
    return table;
  }

  private static <C> void put(Child<C> child, Child<C>[] table) {
    int mask = table.length - 1;
    int i = spread(child.hash) & mask;
    while (table[i] != null) {
      i = i + 1 & mask;
    }
    table[i] = child;
  }

  private static int hash(String[] values) {
    int hash = 0;
    for (String value : values) {
      hash = 31 * hash + value.hashCode();
    }
    return hash;
  }

  private static int spread(int hash) {
    return hash ^ hash >>> 16;
  }

  /// The values as UTF-8 can carry them: two that differ in a lone surrogate alone would be one series twice.
  private static String[] wellFormed(String[] values) {
    var wellFormed = new String[values.length];
    Arrays.setAll(wellFormed, i -> new String(values[i].getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    return wellFormed;
  }

  @SuppressWarnings("unchecked") // an array of a generic type cannot be made otherwise
  private static <C> Child<C>[] array(int length) {
    return (Child<C>[]) new Child<?>[length];
  }
}

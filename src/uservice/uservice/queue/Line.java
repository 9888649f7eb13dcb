package uservice.queue;

/// Places in a row: a doubly linked list through the places themselves, so that leaving from the middle, as every
/// acknowledgement does, is one step and no search. A place is in one line at most.
final class Line {
  /// A job's place in the queue, and what is known of it.
  static final class Place {
    final Job job;
    long since; // when it was submitted
    long until; // how long it is claimed, or rests
    int attempts;
    Delivery holder;
    String note; // who claimed it; once it is dead, why
    Line line;
    private Place before;
    private Place after;

    Place(Job job, long since) {
      this.job = job;
      this.since = since;
    }
  }

  private final Place ends = new Place(null, 0); // before the first and after the last
  private int size;

  Line() {
    ends.before = ends;
    ends.after = ends;
  }

  int size() { return size; }

  /// The first place, or null.
  Place first() { return size == 0 ? null : ends.after; }

  Place after(Place place) { return place.after == ends ? null : place.after; }

  void addLast(Place place) { insert(place, ends.before, ends); }

  void addFirst(Place place) { insert(place, ends, ends.after); }

  private void insert(Place place, Place before, Place after) {
    place.line = this;
    place.before = before;
    place.after = after;
    before.after = place;
    after.before = place;
    size++;
  }

  /// Takes the place out of whichever line it is in.
  static void leave(Place place) {
    place.before.after = place.after;
    place.after.before = place.before;
    place.line.size--;
    place.line = null;
    place.before = null;
    place.after = null;
  }
}

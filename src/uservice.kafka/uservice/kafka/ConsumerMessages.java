package uservice.kafka;

import module java.base;

/// What a consumer asks, and how it is answered, in the versions of [Api]: as a member of a group, of its coordinator; for offsets and records, of the
/// leaders of partitions.
///
/// From `JoinGroup` 5, `SyncGroup` 3, `Heartbeat` 3, `LeaveGroup` 3 and `OffsetCommit` 7 on there are static members: each sends the name of its
/// place, the group instance id, beside its member id. Brokers below 2.3 do not know these.
///
/// What members tell each other goes through the coordinator, which does not look into it: who wants which topics, and who gets which partitions.
///
/// ```
/// subscription: version i16 = 0 | topics [string] | user data bytes        later versions add to the end, which is passed over
/// assignment:   version i16 = 0 | topics [string | partitions [i32]] | user data bytes
/// ```
final class ConsumerMessages {
  private static final int JOIN_WITH_INSTANCE = 5;
  private static final int WITH_INSTANCE = 3; // of SyncGroup, Heartbeat, LeaveGroup
  private static final int COMMIT_WITH_THROTTLE = 3;
  private static final int COMMIT_WITHOUT_RETENTION = 5;
  private static final int COMMIT_WITH_EPOCH = 6;
  private static final int COMMIT_WITH_INSTANCE = 7;
  private static final int BYTES_EACH_MAX = 1 << 20;

  private ConsumerMessages() {}

  /// The answer to a join, and who one is by it. `members` is there for the leader alone, each with its subscription.
  record Joined(ErrorCode error, int generation, String protocol, String leader, String member, SortedMap<Assignor.Member, BytesReader> members) {
    static final Joined NOBODY = new Joined(ErrorCode.NONE, -1, "", "", "", Collections.emptySortedMap());

    boolean leads() { return !member.isEmpty() && leader.equals(member); }
  }

  /// What a broker says of a partition.
  ///
  /// @param offset where it begins or ends, or what the group has committed; -1 where that is nothing
  /// @param note what the group has beside that
  /// @param records null where there are none
  record Found(TopicPartition partition, ErrorCode error, long offset, String note, BytesReader records) {
    /// An error is one of `what` about the partition, and has `then` run: who said so may be the wrong one to ask.
    void check(String what, Runnable then) throws KafkaException {
      if (error != ErrorCode.NONE) {
        then.run();
        throw KafkaException.of(what + " " + partition, error);
      }
    }
  }

  // ---- a member's ----

  static void join(BytesWriter out, Group.Terms terms, Joined who) {
    out.string(terms.group()).int32((int) terms.session().toMillis()).int32((int) terms.rebalance().toMillis()).string(who.member());
    instance(out, JOIN_WITH_INSTANCE, terms);
    out.string("consumer").list(terms.assignors(), (to, assignor) -> to.string(assignor.protocol()).bytes(subscription(terms.topics())));
  }

  static Joined joined(BytesReader in) throws ProtocolException {
    var members = new TreeMap<Assignor.Member, BytesReader>();
    var joined = new Joined(error(in), in.int32(), text(in), text(in), text(in), members);
    in.list(6, _ -> members.put(new Assignor.Member(in.string(), in.version >= JOIN_WITH_INSTANCE ? in.nullableString() : null), in.bytes()));
    return joined;
  }

  static void sync(BytesWriter out, Group.Terms terms, Joined who, Map<String, List<TopicPartition>> shares) {
    speaker(out, WITH_INSTANCE, terms, who);
    out.list(shares.entrySet(), (to, member) -> to.string(member.getKey()).bytes(assignment(member.getValue())));
  }

  /// An error, or the partitions of this member.
  static Map.Entry<ErrorCode, SortedSet<TopicPartition>> synced(BytesReader in) throws ProtocolException {
    return Map.entry(error(in), partitions(in.bytes()));
  }

  static void heartbeat(BytesWriter out, Group.Terms terms, Joined who) { speaker(out, WITH_INSTANCE, terms, who); }

  static void leave(BytesWriter out, Group.Terms terms, Joined who) {
    out.string(terms.group());
    if (out.version >= WITH_INSTANCE) {
      out.int32(1); // several may leave by one request
    }
    out.string(who.member());
    instance(out, WITH_INSTANCE, terms);
  }

  /// What the answer to any of these begins with, and that to a heartbeat is.
  static ErrorCode error(BytesReader in) throws ProtocolException {
    in.int32(); // throttle
    return in.error();
  }

  private static void speaker(BytesWriter out, int withInstance, Group.Terms terms, Joined who) {
    out.string(terms.group()).int32(who.generation()).string(who.member());
    instance(out, withInstance, terms);
  }

  private static void instance(BytesWriter out, int withInstance, Group.Terms terms) {
    if (out.version >= withInstance) {
      out.string(terms.instance());
    }
  }

  static byte[] subscription(Collection<String> topics) {
    return new BytesWriter().int16(0).list(new TreeSet<>(topics), BytesWriter::string).bytes(null).toByteArray();
  }

  /// The topics of a subscription of any version.
  static Set<String> topics(BytesReader in) throws ProtocolException {
    version(in, "subscription");
    return new TreeSet<>(in.list(2, BytesReader::string));
  }

  static byte[] assignment(Collection<TopicPartition> partitions) {
    return new BytesWriter().int16(0).partitions(partitions, (_, _) -> {}).bytes(null).toByteArray();
  }

  /// The partitions of an assignment of any version; none where it is empty, as the coordinator has it of a member that the leader forgot.
  static SortedSet<TopicPartition> partitions(BytesReader in) throws ProtocolException {
    if (in.remaining() == 0) {
      return new TreeSet<>();
    }
    version(in, "assignment");
    return new TreeSet<>(in.partitions(Integer.BYTES, (partition, _) -> partition));
  }

  private static void version(BytesReader in, String what) throws ProtocolException {
    int at = in.at();
    int version = in.int16();
    if (version < 0) {
      throw in.wrong(what, at, "is of version " + version + ", expected 0 or above");
    }
  }

  // ---- of partitions ----

  static void commit(BytesWriter out, Group.Terms terms, Joined who, Map<TopicPartition, Mark> marks) {
    speaker(out, COMMIT_WITH_INSTANCE, terms, who);
    if (out.version < COMMIT_WITHOUT_RETENTION) {
      out.int64(-1); // as long as the broker keeps offsets
    }
    out.partitions(marks.keySet(), (to, partition) -> {
      Mark mark = marks.get(partition);
      to.int64(mark.offset());
      if (to.version >= COMMIT_WITH_EPOCH) {
        to.int32(-1);
      }
      to.string(mark.note());
    });
  }

  static List<Found> committed(BytesReader in) throws ProtocolException {
    if (in.version >= COMMIT_WITH_THROTTLE) {
      in.int32();
    }
    return in.partitions(6, (partition, of) -> new Found(partition, of.error(), -1, "", null));
  }

  /// Asks for what a group has committed, in version 1 of OffsetFetch.
  static void marks(BytesWriter out, String group, Collection<TopicPartition> partitions) { out.string(group).partitions(partitions, (_, _) -> {}); }

  static List<Found> marks(BytesReader in) throws ProtocolException {
    return in.partitions(16, (partition, of) -> {
      long offset = of.int64();
      String note = text(of);
      return new Found(partition, of.error(), offset, note, null);
    });
  }

  /// Asks where partitions begin or end, in version 1 of ListOffsets.
  static void offsets(BytesWriter out, Collection<TopicPartition> partitions, Begin begin) {
    out.int32(-1).partitions(partitions, (to, _) -> to.int64(begin == Begin.EARLIEST ? -2 : -1));
  }

  static List<Found> offsets(BytesReader in) throws ProtocolException {
    return in.partitions(22, (partition, of) -> {
      ErrorCode error = of.error();
      of.int64(); // the time of the record there
      return new Found(partition, error, of.int64(), "", null);
    });
  }

  /// Asks for records from these offsets on, in version 4 of Fetch: at most `most` bytes, and a MiB of a partition, or a single batch that is
  /// larger. Where there is none yet, the broker waits for one as long as its `patience`.
  static void fetch(BytesWriter out, Duration patience, int most, Map<TopicPartition, Long> offsets) {
    out.int32(-1).int32((int) patience.toMillis()).int32(1).int32(most).int8(0) // for no replica; a byte at least; of open transactions too
        .partitions(offsets.keySet(), (to, partition) -> to.int64(offsets.get(partition)).int32(Math.min(most, BYTES_EACH_MAX)));
  }

  static List<Found> fetched(BytesReader in) throws ProtocolException {
    in.int32(); // throttle
    return in.partitions(30, (partition, of) -> {
      ErrorCode error = of.error();
      long end = of.int64(); // behind the last record that all replicas have
      of.int64(); // the stable end, which counts for those who wait for transactions
      of.list(16, aborted -> aborted.int64() + aborted.int64()); // producers, and where their transactions began
      return new Found(partition, error, end, "", of.nullableBytes());
    });
  }

  private static String text(BytesReader in) throws ProtocolException { return Objects.requireNonNullElse(in.nullableString(), ""); }
}

package uservice.kafka;

import module java.base;

/// The requests and answers between a group's member and its coordinator, and those about offsets, in the versions of [Api].
///
/// From `JoinGroup` 5, `SyncGroup` 3, `Heartbeat` 3, `LeaveGroup` 3 and `OffsetCommit` 7 on there are static members: each sends the name of its
/// place, the group instance id, beside its member id. Brokers below 2.3 do not know these.
final class GroupMessages {
  private static final int JOIN_WITH_INSTANCE = 5;
  private static final int WITH_INSTANCE = 3; // of SyncGroup, Heartbeat, LeaveGroup
  private static final int COMMIT_WITH_THROTTLE = 3;
  private static final int COMMIT_WITHOUT_RETENTION = 5;
  private static final int COMMIT_WITH_EPOCH = 6;
  private static final int COMMIT_WITH_INSTANCE = 7;
  private static final int TOPIC_BYTES_MIN = 6;
  private static final int MEMBER_BYTES_MIN = 6;

  private GroupMessages() {}

  /// Who speaks: as which member of which generation of the group.
  ///
  /// @param instance of a static member; null for others
  record Speaker(String group, int generation, String member, String instance) {}

  /// An offset with a note, as a group keeps it; offset -1 where it keeps none.
  record Mark(long offset, String note) {
    static final Mark NONE = new Mark(-1, "");
  }

  /// What came for each partition, or why it did not.
  record Marked(TopicPartition partition, Mark mark, ErrorCode error) {}

  /// What came of a commit.
  record Committed(TopicPartition partition, ErrorCode error) {}

  /// The answer to a join. `members` is there for the leader alone, each with its subscription.
  record Joined(ErrorCode error, int generation, String protocol, String leader, String member, List<JoinedMember> members) {
    boolean leads() { return !member.isEmpty() && leader.equals(member); }
  }

  record JoinedMember(String id, String instance, BytesReader subscription) {}

  static void join(BytesWriter out, int version, Speaker who, Duration session, Duration rebalance, List<Assignor> assignors, byte[] subscription) {
    out.string(who.group()).int32((int) session.toMillis()).int32((int) rebalance.toMillis()).string(who.member());
    if (version >= JOIN_WITH_INSTANCE) {
      out.string(who.instance());
    }
    out.string(ConsumerProtocol.TYPE).list(assignors, (to, assignor) -> to.string(assignor.protocol()).bytes(subscription));
  }

  static Joined joined(BytesReader in, int version) throws ProtocolException {
    in.int32(); // throttle
    ErrorCode error = ErrorCode.of(in.int16());
    var joined = new Joined(error, in.int32(), text(in), text(in), text(in), in.list(MEMBER_BYTES_MIN,
        member -> new JoinedMember(member.string(), version >= JOIN_WITH_INSTANCE ? member.nullableString() : null, member.bytes())));
    in.end();
    return joined;
  }

  static void sync(BytesWriter out, int version, Speaker who, Map<String, List<TopicPartition>> assignment) {
    speaker(out, who, version >= WITH_INSTANCE);
    out.list(assignment.entrySet(), (to, member) -> to.string(member.getKey()).bytes(ConsumerProtocol.assignment(member.getValue())));
  }

  /// What came of a sync: the partitions of this member.
  record Synced(ErrorCode error, SortedSet<TopicPartition> partitions) {}

  static Synced synced(BytesReader in) throws ProtocolException {
    in.int32(); // throttle
    var synced = new Synced(ErrorCode.of(in.int16()), ConsumerProtocol.partitions(in.bytes()));
    in.end();
    return synced;
  }

  static void heartbeat(BytesWriter out, int version, Speaker who) { speaker(out, who, version >= WITH_INSTANCE); }

  /// The answer to a heartbeat.
  static ErrorCode beaten(BytesReader in) throws ProtocolException {
    in.int32(); // throttle
    ErrorCode error = ErrorCode.of(in.int16());
    in.end();
    return error;
  }

  static void leave(BytesWriter out, int version, Speaker who) {
    out.string(who.group());
    if (version >= WITH_INSTANCE) {
      out.list(List.of(who), (to, member) -> to.string(member.member()).string(member.instance()));
    } else {
      out.string(who.member());
    }
  }

  static void commit(BytesWriter out, int version, Speaker who, Map<TopicPartition, Mark> marks) {
    speaker(out, who, version >= COMMIT_WITH_INSTANCE);
    if (version < COMMIT_WITHOUT_RETENTION) {
      out.int64(-1); // as long as the broker keeps offsets
    }
    out.list(TopicPartition.byTopic(marks.keySet()).entrySet(), (to, topic) -> to.string(topic.getKey()).list(topic.getValue(), (each, partition) -> {
      Mark mark = marks.get(new TopicPartition(topic.getKey(), partition));
      each.int32(partition).int64(mark.offset());
      if (version >= COMMIT_WITH_EPOCH) {
        each.int32(-1);
      }
      each.string(mark.note());
    }));
  }

  static List<Committed> committed(BytesReader in, int version) throws ProtocolException {
    if (version >= COMMIT_WITH_THROTTLE) {
      in.int32();
    }
    return partitions(in, 6, (partition, each) -> new Committed(partition, ErrorCode.of(each.int16())));
  }

  /// Asks for what a group has committed, in version 1 of OffsetFetch.
  static void marks(BytesWriter out, String group, Collection<TopicPartition> partitions) {
    out.string(group).list(TopicPartition.byTopic(partitions).entrySet(), (to, topic) -> to.string(topic.getKey()).list(topic.getValue(), BytesWriter::int32));
  }

  static List<Marked> marked(BytesReader in) throws ProtocolException {
    return partitions(in, 16, (partition, each) -> {
      var mark = new Mark(each.int64(), text(each));
      return new Marked(partition, mark, ErrorCode.of(each.int16()));
    });
  }

  /// Asks where partitions begin or end, in version 1 of ListOffsets.
  static void offsets(BytesWriter out, Collection<TopicPartition> partitions, long time) {
    out.int32(-1).list(TopicPartition.byTopic(partitions).entrySet(),
        (to, topic) -> to.string(topic.getKey()).list(topic.getValue(), (each, partition) -> each.int32(partition).int64(time)));
  }

  static List<Marked> offsets(BytesReader in) throws ProtocolException {
    return partitions(in, 22, (partition, each) -> {
      ErrorCode error = ErrorCode.of(each.int16());
      each.int64(); // the time of the record there
      return new Marked(partition, new Mark(each.int64(), ""), error);
    });
  }

  private interface Each<T> {
    T read(TopicPartition partition, BytesReader in) throws ProtocolException;
  }

  /// `[topic string | [partition i32 | …]]`, to the end; what is there of a partition takes at least `least` bytes.
  private static <T> List<T> partitions(BytesReader in, int least, Each<T> each) throws ProtocolException {
    List<List<T>> topics = in.list(TOPIC_BYTES_MIN, topic -> {
      String name = topic.string();
      return topic.list(least, partition -> each.read(new TopicPartition(name, partition.int32()), partition));
    });
    in.end();
    return topics.stream().flatMap(List::stream).toList();
  }

  private static void speaker(BytesWriter out, Speaker who, boolean instance) {
    out.string(who.group()).int32(who.generation()).string(who.member());
    if (instance) {
      out.string(who.instance());
    }
  }

  private static String text(BytesReader in) throws ProtocolException {
    String text = in.nullableString();
    return text == null ? "" : text;
  }
}

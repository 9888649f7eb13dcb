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

  static void join(BytesWriter out, Speaker who, Duration session, Duration rebalance, List<Assignor> assignors, byte[] subscription) {
    out.string(who.group()).int32((int) session.toMillis()).int32((int) rebalance.toMillis()).string(who.member());
    if (out.version >= JOIN_WITH_INSTANCE) {
      out.string(who.instance());
    }
    out.string(ConsumerProtocol.TYPE).list(assignors, (to, assignor) -> to.string(assignor.protocol()).bytes(subscription));
  }

  static Joined joined(BytesReader in) throws ProtocolException {
    in.int32(); // throttle
    ErrorCode error = in.error();
    var joined = new Joined(error, in.int32(), text(in), text(in), text(in), in.list(MEMBER_BYTES_MIN,
        member -> new JoinedMember(member.string(), in.version >= JOIN_WITH_INSTANCE ? member.nullableString() : null, member.bytes())));
    return joined;
  }

  static void sync(BytesWriter out, Speaker who, Map<String, List<TopicPartition>> assignment) {
    speaker(out, who, out.version >= WITH_INSTANCE);
    out.list(assignment.entrySet(), (to, member) -> to.string(member.getKey()).bytes(ConsumerProtocol.assignment(member.getValue())));
  }

  /// What came of a sync: the partitions of this member.
  record Synced(ErrorCode error, SortedSet<TopicPartition> partitions) {}

  static Synced synced(BytesReader in) throws ProtocolException {
    in.int32(); // throttle
    var synced = new Synced(in.error(), ConsumerProtocol.partitions(in.bytes()));
    return synced;
  }

  static void heartbeat(BytesWriter out, Speaker who) { speaker(out, who, out.version >= WITH_INSTANCE); }

  /// The answer to a heartbeat.
  static ErrorCode beaten(BytesReader in) throws ProtocolException {
    in.int32(); // throttle
    ErrorCode error = in.error();
    return error;
  }

  static void leave(BytesWriter out, Speaker who) {
    out.string(who.group());
    if (out.version >= WITH_INSTANCE) {
      out.list(List.of(who), (to, member) -> to.string(member.member()).string(member.instance()));
    } else {
      out.string(who.member());
    }
  }

  static void commit(BytesWriter out, Speaker who, Map<TopicPartition, Mark> marks) {
    speaker(out, who, out.version >= COMMIT_WITH_INSTANCE);
    if (out.version < COMMIT_WITHOUT_RETENTION) {
      out.int64(-1); // as long as the broker keeps offsets
    }
    out.partitions(marks.keySet(), (to, partition) -> {
      Mark mark = marks.get(partition);
      to.int64(mark.offset());
      if (out.version >= COMMIT_WITH_EPOCH) {
        to.int32(-1);
      }
      to.string(mark.note());
    });
  }

  static List<Committed> committed(BytesReader in) throws ProtocolException {
    if (in.version >= COMMIT_WITH_THROTTLE) {
      in.int32();
    }
    return in.partitions(6, (partition, each) -> new Committed(partition, each.error()));
  }

  /// Asks for what a group has committed, in version 1 of OffsetFetch.
  static void marks(BytesWriter out, String group, Collection<TopicPartition> partitions) {
    out.string(group).partitions(partitions, (_, _) -> {});
  }

  static List<Marked> marked(BytesReader in) throws ProtocolException {
    return in.partitions(16, (partition, each) -> {
      var mark = new Mark(each.int64(), text(each));
      return new Marked(partition, mark, each.error());
    });
  }

  /// Asks where partitions begin or end, in version 1 of ListOffsets.
  static void offsets(BytesWriter out, Collection<TopicPartition> partitions, long time) {
    out.int32(-1).partitions(partitions, (to, _) -> to.int64(time));
  }

  static List<Marked> offsets(BytesReader in) throws ProtocolException {
    return in.partitions(22, (partition, each) -> {
      ErrorCode error = each.error();
      each.int64(); // the time of the record there
      return new Marked(partition, new Mark(each.int64(), ""), error);
    });
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

package uservice.kafka;

import module java.base;

/// What a broker says instead of doing what it was asked, by the number it gives.
public enum ErrorCode {
  /// A number that is not listed here.
  UNLISTED(Short.MIN_VALUE, Kind.FINAL, "the broker gives a reason that is not known here, see its log"),
  /// No reason given.
  UNKNOWN_SERVER_ERROR(-1, Kind.FINAL, "the broker met an error that it does not name, see its log"),
  /// It did what it was asked.
  NONE(0, Kind.FINAL, "no error"),
  /// Asked for records that are gone, or not there yet.
  OFFSET_OUT_OF_RANGE(1, Kind.FINAL, "the offset is outside of what the partition holds"),
  /// Bytes that were damaged on their way.
  CORRUPT_MESSAGE(2, Kind.PASSING, "the records do not match their checksum, or the topic is compacted and a record has no key"),
  /// Not known here, or not yet.
  UNKNOWN_TOPIC_OR_PARTITION(3, Kind.MOVED, "the broker knows no such topic or partition: make it, or mend its name"),
  /// A fetch of a negative size.
  INVALID_FETCH_SIZE(4, Kind.FINAL, "the size of the fetch makes no sense to the broker"),
  /// An election goes on.
  LEADER_NOT_AVAILABLE(5, Kind.MOVED, "the partition has no leader at the moment"),
  /// It was the leader, once.
  NOT_LEADER_OR_FOLLOWER(6, Kind.MOVED, "the partition has another leader now"),
  /// The replicas did not answer in time; the records may be there.
  REQUEST_TIMED_OUT(7, Kind.PASSING, "the broker did not have it done in time, its replicas may be slow"),
  /// Another broker is meant.
  BROKER_NOT_AVAILABLE(8, Kind.MOVED, "the broker asked for is not there"),
  /// The broker has no such replica.
  REPLICA_NOT_AVAILABLE(9, Kind.MOVED, "the broker has no replica of the partition"),
  /// Over `max.message.bytes`.
  MESSAGE_TOO_LARGE(10, Kind.FINAL, "the record is larger than the topic's max.message.bytes"),
  /// The connection went away inside the cluster.
  NETWORK_EXCEPTION(13, Kind.MOVED, "the broker was cut off from the others"),
  /// Reads the group's log.
  COORDINATOR_LOAD_IN_PROGRESS(14, Kind.PASSING, "the group's coordinator has just begun and is still reading its log"),
  /// None elected yet.
  COORDINATOR_NOT_AVAILABLE(15, Kind.COORDINATOR, "the group has no coordinator at the moment"),
  /// Another broker is.
  NOT_COORDINATOR(16, Kind.COORDINATOR, "the group has another coordinator now"),
  /// A name that cannot be.
  INVALID_TOPIC_EXCEPTION(17, Kind.FINAL, "the topic's name is not allowed: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'"),
  /// Over `segment.bytes`.
  RECORD_LIST_TOO_LARGE(18, Kind.FINAL, "the batch is larger than the topic's segment.bytes"),
  /// Below `min.insync.replicas`, before the write.
  NOT_ENOUGH_REPLICAS(19, Kind.PASSING, "fewer replicas are in sync than the topic's min.insync.replicas"),
  /// The same, after the write.
  NOT_ENOUGH_REPLICAS_AFTER_APPEND(20, Kind.PASSING, "it was written, but fewer replicas are in sync than the topic's min.insync.replicas"),
  /// Neither 0, 1 nor all.
  INVALID_REQUIRED_ACKS(21, Kind.FINAL, "the broker does not take this kind of acknowledgement"),
  /// The group went on without this member.
  ILLEGAL_GENERATION(22, Kind.REJOIN, "the group has gone on to another generation"),
  /// No common way to assign partitions.
  INCONSISTENT_GROUP_PROTOCOL(23, Kind.FINAL, "the group's members share no assignor with this one: choose the one that they have"),
  /// Empty.
  INVALID_GROUP_ID(24, Kind.FINAL, "the group's name must not be empty"),
  /// Was thrown out, or never was in.
  UNKNOWN_MEMBER_ID(25, Kind.REJOIN, "the group does not know this member (any more): its session had run out, or it was removed"),
  /// Outside of the broker's bounds.
  INVALID_SESSION_TIMEOUT(26, Kind.FINAL, "the session timeout is outside of the broker's group.min.session.timeout.ms and group.max.session.timeout.ms"),
  /// Members come or go.
  REBALANCE_IN_PROGRESS(27, Kind.REJOIN, "the group is being divided anew"),
  /// Too much beside an offset.
  INVALID_COMMIT_OFFSET_SIZE(28, Kind.FINAL, "the commit is larger than the broker's offset.metadata.max.bytes"),
  /// ACLs.
  TOPIC_AUTHORIZATION_FAILED(29, Kind.FINAL, "this user may not do that with the topic: give the right by an ACL"),
  /// ACLs.
  GROUP_AUTHORIZATION_FAILED(30, Kind.FINAL, "this user may not use the group: give the right by an ACL"),
  /// ACLs.
  CLUSTER_AUTHORIZATION_FAILED(31, Kind.FINAL, "this user may not do that with the cluster: give the right by an ACL"),
  /// Too old, or too new.
  INVALID_TIMESTAMP(32, Kind.FINAL, "the record's time is too far from the broker's, as the topic's message.timestamp settings have it"),
  /// PLAIN where SCRAM is meant.
  UNSUPPORTED_SASL_MECHANISM(33, Kind.FINAL, "the broker does not take this SASL mechanism"),
  /// Two handshakes, or none.
  ILLEGAL_SASL_STATE(34, Kind.FINAL, "the broker does not expect a login here: the port is one without SASL, a URI without a user suits it"),
  /// Too old or too new.
  UNSUPPORTED_VERSION(35, Kind.FINAL, "the broker does not know this version of the request"),
  /// It is there already.
  TOPIC_ALREADY_EXISTS(36, Kind.FINAL, "the topic is there already"),
  /// Zero, or below what is there.
  INVALID_PARTITIONS(37, Kind.FINAL, "the number of partitions is not allowed"),
  /// More than there are brokers.
  INVALID_REPLICATION_FACTOR(38, Kind.FINAL, "the replication factor is not allowed: at most as many as there are brokers"),
  /// A replica assignment that cannot be.
  INVALID_REPLICA_ASSIGNMENT(39, Kind.FINAL, "the assignment of replicas is not allowed"),
  /// A topic's setting.
  INVALID_CONFIG(40, Kind.FINAL, "a setting of the topic is not allowed"),
  /// Only the controller does that.
  NOT_CONTROLLER(41, Kind.MOVED, "the cluster has another controller now"),
  /// Something in it makes no sense.
  INVALID_REQUEST(42, Kind.FINAL, "the request makes no sense to the broker"),
  /// Records of a format that the topic has not.
  UNSUPPORTED_FOR_MESSAGE_FORMAT(43, Kind.FINAL, "the topic's records are of an old format that does not have that"),
  /// The cluster's own rules.
  POLICY_VIOLATION(44, Kind.FINAL, "the cluster's policy forbids it"),
  /// A gap, or something that was before.
  OUT_OF_ORDER_SEQUENCE_NUMBER(45, Kind.FINAL, "a batch before this one is missing"),
  /// It is there already.
  DUPLICATE_SEQUENCE_NUMBER(46, Kind.FINAL, "the batch was written before"),
  /// Another took the place.
  INVALID_PRODUCER_EPOCH(47, Kind.FINAL, "the producer's id was taken over by another"),
  /// ACLs.
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED(53, Kind.FINAL, "this user may not use transactions: give the right by an ACL"),
  /// No SASL there.
  SECURITY_DISABLED(54, Kind.FINAL, "the broker has no access control switched on"),
  /// Its disk.
  KAFKA_STORAGE_ERROR(56, Kind.MOVED, "the broker cannot write to its disk"),
  /// A wrong password.
  SASL_AUTHENTICATION_FAILED(58, Kind.FINAL, "the broker did not let this user in: user and password must be those that it knows for the mechanism"),
  /// Its records are gone by retention.
  UNKNOWN_PRODUCER_ID(59, Kind.FINAL, "the broker does not know this producer (any more)"),
  /// Partitions move.
  REASSIGNMENT_IN_PROGRESS(60, Kind.PASSING, "the partitions are being moved"),
  /// Goes by itself.
  NOT_ENOUGH_FETCH_SESSIONS(70, Kind.PASSING, "the broker has no room for another fetch session"),
  /// The leader cannot be reached by this port's listener.
  LISTENER_NOT_FOUND(72, Kind.MOVED, "the leader has no listener like that of this port"),
  /// An older or newer leader is meant.
  FENCED_LEADER_EPOCH(74, Kind.MOVED, "the partition has a newer leader"),
  /// An older or newer leader is meant.
  UNKNOWN_LEADER_EPOCH(75, Kind.MOVED, "the broker has not heard of the partition's newest leader yet"),
  /// A codec.
  UNSUPPORTED_COMPRESSION_TYPE(76, Kind.FINAL, "the broker does not take this compression"),
  /// Not yet.
  OFFSET_NOT_AVAILABLE(78, Kind.PASSING, "the partition's new leader does not know its end yet"),
  /// Join again, with the id that comes with it.
  MEMBER_ID_REQUIRED(79, Kind.REJOIN, "the group wants a member to join with the id that it was given"),
  /// An election goes on.
  PREFERRED_LEADER_NOT_AVAILABLE(80, Kind.MOVED, "the partition's preferred leader is not there"),
  /// Over `group.max.size`.
  GROUP_MAX_SIZE_REACHED(81, Kind.FINAL, "the group has as many members as the broker's group.max.size allows"),
  /// Another took the static place.
  FENCED_INSTANCE_ID(82, Kind.FINAL, "another member has taken over this group instance id: each process must have its own"),
  /// No leader may be elected.
  ELIGIBLE_LEADERS_NOT_AVAILABLE(83, Kind.MOVED, "no replica may become the partition's leader"),
  /// A record that the broker refuses.
  INVALID_RECORD(87, Kind.FINAL, "the broker refuses the record: a compacted topic takes none without a key"),
  /// Offsets of a transaction wait.
  UNSTABLE_OFFSET_COMMIT(88, Kind.PASSING, "offsets of a transaction are not settled yet"),
  /// Goes by itself.
  THROTTLING_QUOTA_EXCEEDED(89, Kind.PASSING, "the quota of this user is used up"),
  /// Another took the place.
  PRODUCER_FENCED(90, Kind.FINAL, "the producer's id was taken over by another");

  private enum Kind { FINAL, PASSING, MOVED, COORDINATOR, REJOIN }

  private static final Map<Integer, ErrorCode> BY_NUMBER = Stream.of(values()).collect(Collectors.toMap(ErrorCode::number, each -> each));

  private final int number;
  private final Kind kind;
  private final String sentence;

  ErrorCode(int number, Kind kind, String sentence) {
    this.number = number;
    this.kind = kind;
    this.sentence = sentence;
  }

  /// The one of this number, or [#UNLISTED].
  static ErrorCode of(int number) { return BY_NUMBER.getOrDefault(number, UNLISTED); }

  /// As the protocol has it.
  public int number() { return number; }

  /// What an operator reads.
  public String sentence() { return sentence; }

  /// Whether the same may succeed later though nobody changes anything.
  public boolean retriable() { return kind != Kind.FINAL; }

  /// Whether the partition is to be looked for anew first.
  boolean moved() { return kind == Kind.MOVED; }

  /// Whether the group's coordinator is to be looked for anew first.
  boolean coordinatorMoved() { return kind == Kind.COORDINATOR; }

  /// Whether the member is to join its group anew first.
  boolean rejoin() { return kind == Kind.REJOIN; }
}

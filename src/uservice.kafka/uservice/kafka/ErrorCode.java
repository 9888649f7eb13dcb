package uservice.kafka;

import module java.base;

/// What a broker says instead of doing what it was asked, by the number it gives: those that can answer what is asked here, each with the sentence
/// that an operator reads (Apache Kafka, "Error Codes").
public enum ErrorCode {
  UNLISTED(Short.MIN_VALUE, false, "the broker gives a reason that is not known here, see its log"),
  UNKNOWN_SERVER_ERROR(-1, false, "the broker met an error that it does not name, see its log"),
  NONE(0, false, "no error"),
  OFFSET_OUT_OF_RANGE(1, false, "the offset is outside of what the partition holds"),
  CORRUPT_MESSAGE(2, true, "the records do not match their checksum, or the topic is compacted and a record has no key"),
  UNKNOWN_TOPIC_OR_PARTITION(3, true, "the broker knows no such topic or partition: make it, or mend its name"),
  LEADER_NOT_AVAILABLE(5, true, "the partition has no leader at the moment"),
  NOT_LEADER_OR_FOLLOWER(6, true, "the partition has another leader now"),
  REQUEST_TIMED_OUT(7, true, "the broker did not have it done in time, its replicas may be slow"),
  REPLICA_NOT_AVAILABLE(9, true, "the broker has no replica of the partition"),
  MESSAGE_TOO_LARGE(10, false, "the record is larger than the topic's max.message.bytes"),
  COORDINATOR_LOAD_IN_PROGRESS(14, true, "the group's coordinator has just begun and is still reading its log"),
  COORDINATOR_NOT_AVAILABLE(15, true, "the group has no coordinator at the moment"),
  NOT_COORDINATOR(16, true, "the group has another coordinator now"),
  INVALID_TOPIC_EXCEPTION(17, false, "the topic's name is not allowed: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'"),
  RECORD_LIST_TOO_LARGE(18, false, "the batch is larger than the topic's segment.bytes"),
  NOT_ENOUGH_REPLICAS(19, true, "fewer replicas are in sync than the topic's min.insync.replicas"),
  NOT_ENOUGH_REPLICAS_AFTER_APPEND(20, true, "it was written, but fewer replicas are in sync than the topic's min.insync.replicas"),
  ILLEGAL_GENERATION(22, true, "the group has gone on to another generation"),
  INCONSISTENT_GROUP_PROTOCOL(23, false, "the group's members share no assignor with this one: choose the one that they have"),
  INVALID_GROUP_ID(24, false, "the group's name must not be empty"),
  UNKNOWN_MEMBER_ID(25, true, "the group does not know this member (any more): its session had run out, or it was removed"),
  INVALID_SESSION_TIMEOUT(26, false, "the session timeout is outside of the broker's group.min.session.timeout.ms and group.max.session.timeout.ms"),
  REBALANCE_IN_PROGRESS(27, true, "the group is being divided anew"),
  INVALID_COMMIT_OFFSET_SIZE(28, false, "the commit is larger than the broker's offset.metadata.max.bytes"),
  TOPIC_AUTHORIZATION_FAILED(29, false, "this user may not do that with the topic: give the right by an ACL"),
  GROUP_AUTHORIZATION_FAILED(30, false, "this user may not use the group: give the right by an ACL"),
  CLUSTER_AUTHORIZATION_FAILED(31, false, "this user may not do that with the cluster: give the right by an ACL"),
  INVALID_TIMESTAMP(32, false, "the record's time is too far from the broker's, as the topic's message.timestamp settings have it"),
  UNSUPPORTED_SASL_MECHANISM(33, false, "the broker does not take this SASL mechanism"),
  ILLEGAL_SASL_STATE(34, false, "the broker does not expect a login here: the port is one without SASL, a URI without a user suits it"),
  UNSUPPORTED_VERSION(35, false, "the broker does not know this version of the request"),
  TOPIC_ALREADY_EXISTS(36, false, "the topic is there already"),
  INVALID_PARTITIONS(37, false, "the number of partitions is not allowed"),
  INVALID_REPLICATION_FACTOR(38, false, "the replication factor is not allowed: at most as many as there are brokers"),
  INVALID_CONFIG(40, false, "a setting of the topic is not allowed"),
  NOT_CONTROLLER(41, true, "the cluster has another controller now"),
  INVALID_REQUEST(42, false, "the request makes no sense to the broker"),
  POLICY_VIOLATION(44, false, "the cluster's policy forbids it"),
  OUT_OF_ORDER_SEQUENCE_NUMBER(45, false, "a batch before this one is missing"),
  DUPLICATE_SEQUENCE_NUMBER(46, false, "the batch was written before"),
  INVALID_PRODUCER_EPOCH(47, false, "the producer's id was taken over by another"),
  KAFKA_STORAGE_ERROR(56, true, "the broker cannot write to its disk"),
  SASL_AUTHENTICATION_FAILED(58, false, "the broker did not let this user in: user and password must be those that it knows for the mechanism"),
  UNKNOWN_PRODUCER_ID(59, false, "the broker does not know this producer (any more)"),
  LISTENER_NOT_FOUND(72, true, "the leader has no listener like that of this port"),
  UNSUPPORTED_COMPRESSION_TYPE(76, false, "the broker does not take this compression"),
  MEMBER_ID_REQUIRED(79, true, "the group wants a member to join with the id that it was given"),
  GROUP_MAX_SIZE_REACHED(81, false, "the group has as many members as the broker's group.max.size allows"),
  FENCED_INSTANCE_ID(82, false, "another member has taken over this group instance id: each process must have its own"),
  INVALID_RECORD(87, false, "the broker refuses the record: a compacted topic takes none without a key"),
  PRODUCER_FENCED(90, false, "the producer's id was taken over by another");

  private static final ErrorCode[] ALL = values();

  private final int number;
  private final boolean retriable;
  private final String sentence;

  ErrorCode(int number, boolean retriable, String sentence) {
    this.number = number;
    this.retriable = retriable;
    this.sentence = sentence;
  }

  /// The one of this number, or [#UNLISTED].
  static ErrorCode of(int number) {
    for (ErrorCode each : ALL) {
      if (each.number == number) {
        return each;
      }
    }
    return UNLISTED;
  }

  /// As the protocol has it.
  public int number() { return number; }

  /// What an operator reads.
  public String sentence() { return sentence; }

  /// Whether the same may succeed later though nobody changes anything.
  public boolean retriable() { return retriable; }
}

package uservice.kafka;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A member with what it fetches and commits, against a broker that says whatever one may say.
@Timeout(120)
class SharesTest {
  private ScriptedBroker broker;
  private Shares member;
  private final Queue<ErrorCode> commits = new ConcurrentLinkedQueue<>(); // what the next commits meet; none is fine
  private final Queue<ErrorCode> fetches = new ConcurrentLinkedQueue<>();
  private final List<Long> committed = new CopyOnWriteArrayList<>();
  private volatile long mark = 5;
  private volatile long earliest;

  /// A topic with one partition, the offsets 5 to 7 of which are there.
  @BeforeEach void script() throws Exception {
    broker = new ScriptedBroker();
    broker.topics.put("a", 1);
    broker.on(Api.JOIN_GROUP, _ -> ScriptedBroker.bytes(out -> out.int32(0).int16(0).int32(1).string("range").string("m").string("m")
        .list(List.of("m"), (to, each) -> to.string(each).string(null).bytes(ConsumerMessages.subscription(List.of("a"))))));
    broker.on(Api.SYNC_GROUP, _ -> ScriptedBroker.bytes(out -> out.int32(0).int16(0).bytes(ConsumerMessages.assignment(List.of(new TopicPartition("a", 0))))));
    broker.on(Api.HEARTBEAT, _ -> ScriptedBroker.bytes(out -> out.int32(0).int16(0)));
    broker.on(Api.LEAVE_GROUP, _ -> ScriptedBroker.bytes(out -> out.int32(0).int16(0).int32(0)));
    broker.on(Api.OFFSET_FETCH, _ -> partition(out -> out.int64(mark).string("").int16(0)));
    broker.on(Api.LIST_OFFSETS, _ -> partition(out -> out.int16(0).int64(-1).int64(earliest)));
    broker.on(Api.OFFSET_COMMIT, request -> {
      ErrorCode error = Objects.requireNonNullElse(commits.poll(), ErrorCode.NONE);
      request.body().string();
      request.body().int32();
      request.body().string();
      request.body().nullableString();
      request.body().part(4 + 3 + 4 + 4); // one topic of one letter, one partition, its number
      if (error == ErrorCode.NONE) {
        committed.add(request.body().int64());
      }
      return ScriptedBroker.bytes(out -> out.int32(0).put(partition(each -> each.int16(error.number()))));
    });
    broker.on(Api.FETCH, request -> {
      request.body().part(4 + 4 + 4 + 4 + 1 + 4 + 3 + 4 + 4);
      long offset = request.body().int64();
      ErrorCode error = Objects.requireNonNullElse(fetches.poll(), ErrorCode.NONE);
      if (error == ErrorCode.NONE && offset > 7) {
        Thread.sleep(20); // as a broker waits that has nothing
      }
      byte[] records = error != ErrorCode.NONE || offset > 7 ? new byte[0] : records();
      return ScriptedBroker.bytes(out -> out.int32(0).put(partition(each -> each.int16(error.number()).int64(8).int64(8).int32(0).bytes(records))));
    });
  }

  private static byte[] partition(Consumer<BytesWriter> what) {
    return ScriptedBroker.bytes(out -> out.list(List.of("a"), (to, topic) -> to.string(topic).list(List.of(0), (each, number) -> what.accept(each.int32(number)))));
  }

  private static byte[] records() {
    var writer = new RecordBatchWriter(false);
    for (int i = 0; i < 3; i++) {
      writer.add(1, null, new byte[1], List.of());
    }
    byte[] batch = writer.finish(-1, -1, -1);
    ByteBuffer.wrap(batch).putLong(0, 5);
    return batch;
  }

  @AfterEach void end() throws Exception {
    if (member != null) {
      member.close();
    }
    broker.close();
  }

  private Shares start() {
    var terms = new Group.Terms("g", null, Set.of("a"), List.of(Assignor.RANGE), Duration.ofSeconds(30), Duration.ofSeconds(30));
    member = new Shares(broker.target(""), terms, Begin.EARLIEST);
    member.start(() -> true, _ -> {});
    return member;
  }

  private static List<Taken> take(Shares shares, int count) throws InterruptedException {
    var taken = new ArrayList<Taken>();
    while (taken.size() < count) { // bounded by the test's timeout
      taken.addAll(shares.take(count - taken.size(), 1 << 20, Duration.ofSeconds(1), () -> false));
    }
    return taken;
  }

  @Test void commitsAsFarAsAllIsDone() throws Exception {
    Shares shares = start();
    List<Taken> three = take(shares, 3);
    assertEquals(5, three.getFirst().message.offset());
    shares.done(three.subList(1, 2));
    shares.commit();
    shares.done(three.subList(0, 1));
    shares.commit();
    shares.commit();
    assertEquals(List.of(7L), committed, "what is known is not said again");
    shares.done(three.subList(2, 3));
    member.close();
    assertEquals(List.of(7L, 8L), committed, "and the last before it leaves");
  }

  @Test void whoIsOfAnOldGenerationHasNothingToCommit() throws Exception {
    for (ErrorCode error : List.of(ErrorCode.ILLEGAL_GENERATION, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.FENCED_INSTANCE_ID)) {
      commits.add(error);
      Shares shares = start();
      List<Taken> three = take(shares, 3);
      assertEquals(1, shares.done(three.subList(0, 1)));
      shares.commit();
      assertEquals(0, shares.done(three.subList(1, 3)), error + ": they are others' by now");
      assertFalse(three.get(1).ours());
      shares.commit();
      assertEquals(List.of(), committed);
      member.close();
    }
  }

  @Test void aCommitThatIsRefusedIsToldAndDoneAgain() throws Exception {
    Shares shares = start();
    shares.done(take(shares, 3));
    for (ErrorCode error : List.of(ErrorCode.REBALANCE_IN_PROGRESS, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, ErrorCode.NOT_COORDINATOR, ErrorCode.TOPIC_AUTHORIZATION_FAILED)) {
      commits.add(error);
      var told = assertThrows(KafkaException.class, shares::commit);
      assertEquals("commit of a-0: " + error.sentence() + " (" + error + ")", told.getMessage());
      assertEquals(error != ErrorCode.TOPIC_AUTHORIZATION_FAILED, told.retriable());
    }
    shares.commit();
    assertEquals(List.of(8L), committed);
  }

  @Test void aFetchThatFailsIsTriedAgainAndToldWhenItGoesOn() throws Exception {
    fetches.addAll(List.of(ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.UNKNOWN_SERVER_ERROR, ErrorCode.KAFKA_STORAGE_ERROR));
    Shares shares = start();
    assertEquals(3, take(shares, 3).size());
    assertTrue(fetches.isEmpty());
    while (shares.trouble() != null) { // it is over with the next answer; bounded by the test's timeout
      Thread.sleep(5);
    }
  }

  @Test void whatMayNotBeReadIsTold() throws Exception {
    fetches.addAll(Collections.nCopies(100_000, ErrorCode.TOPIC_AUTHORIZATION_FAILED));
    Shares shares = start();
    while (shares.trouble() == null) { // bounded by the test's timeout
      assertEquals(List.of(), shares.take(1, 1, Duration.ofMillis(50), () -> false));
    }
    assertEquals("fetch from a-0: " + ErrorCode.TOPIC_AUTHORIZATION_FAILED.sentence() + " (TOPIC_AUTHORIZATION_FAILED)", shares.trouble().getMessage());
  }

  @Test void anOffsetThatIsGoneIsLookedForAnew() throws Exception {
    mark = 1;
    earliest = 5;
    fetches.add(ErrorCode.OFFSET_OUT_OF_RANGE);
    assertEquals(5, take(start(), 3).getFirst().message.offset());
  }

  @Test void whereNothingWasCommittedItBeginsAsItIsTold() throws Exception {
    mark = -1;
    earliest = 6;
    assertEquals(6, take(start(), 2).getFirst().message.offset());
  }

  @Test void aPartitionWithoutALeaderHoldsUpNoOther() throws Exception {
    var both = List.of(new TopicPartition("a", 0), new TopicPartition("a", 1));
    broker.on(Api.METADATA, _ -> ScriptedBroker.bytes(out -> out.int32(0).list(List.of(1), (to, id) -> to.int32(id).string("127.0.0.1").int32(broker.port()).string(null))
        .string("cluster").int32(1).list(List.of("a"), (to, topic) -> to.int16(0).string(topic).bool(false).list(both, (each, of) -> each
            .int16(of.partition() == 0 ? ErrorCode.LEADER_NOT_AVAILABLE.number() : 0).int32(of.partition()).int32(of.partition() == 0 ? -1 : 1).int32(0).int32(0)))));
    broker.on(Api.SYNC_GROUP, _ -> ScriptedBroker.bytes(out -> out.int32(0).int16(0).bytes(ConsumerMessages.assignment(both))));
    broker.on(Api.OFFSET_FETCH, _ -> ScriptedBroker.bytes(out -> out.partitions(both, (to, _) -> to.int64(5).string("").int16(0))));
    broker.on(Api.FETCH, _ -> {
      Thread.sleep(20);
      return ScriptedBroker.bytes(out -> out.int32(0).partitions(both.subList(1, 2), (to, _) -> to.int16(0).int64(8).int64(8).int32(0).bytes(records())));
    });
    List<Taken> three = take(start(), 3);
    assertEquals("a-1@5", three.getFirst().message.toString());
    ScriptedBroker.until(() -> member.trouble() != null);
    assertTrue(member.trouble().getMessage().contains("LEADER_NOT_AVAILABLE"), member.trouble().getMessage());
  }

  @Test void aGroupsOffsetThatIsMissingInTheAnswerIsToldAndNothingIsBegun() throws Exception {
    broker.on(Api.OFFSET_FETCH, _ -> ScriptedBroker.bytes(out -> out.int32(0)));
    Shares shares = start();
    ScriptedBroker.until(() -> shares.trouble() != null);
    assertEquals("the group's offset of a-0: the answer does not hold it", shares.trouble().getMessage());
    assertEquals(-1, (long) shares.look(all -> all.getFirst().position));
  }

  @Test void whatCannotBeReadIsToldUntilItIsGone() throws Exception {
    byte[] packed = records();
    ByteBuffer.wrap(packed).put(22, (byte) 3); // its codec
    var crc = new java.util.zip.CRC32C();
    crc.update(packed, 21, packed.length - 21);
    ByteBuffer.wrap(packed).putInt(17, (int) crc.getValue());
    var gone = new AtomicBoolean();
    earliest = 8;
    broker.on(Api.FETCH, request -> {
      request.body().part(4 + 4 + 4 + 4 + 1 + 4 + 3 + 4 + 4);
      boolean first = request.body().int64() < 8;
      Thread.sleep(20);
      int error = gone.compareAndSet(true, false) ? ErrorCode.OFFSET_OUT_OF_RANGE.number() : 0;
      return ScriptedBroker.bytes(out -> out.int32(0).put(partition(each -> each.int16(error).int64(8).int64(8).int32(0).bytes(first ? packed : new byte[0]))));
    });
    Shares shares = start();
    ScriptedBroker.until(() -> shares.take(1, 1, Duration.ofMillis(50), () -> false).isEmpty() && shares.trouble() != null);
    assertTrue(shares.trouble().getMessage().startsWith("batch at offset 5 of a-0 is compressed by lz4"), shares.trouble().getMessage());
    gone.set(true);
    ScriptedBroker.until(() -> shares.trouble() == null);
  }

  /// A broker that leads the partitions that `leads` names, and says no to others.
  private static ScriptedBroker.Answers fetching(IntPredicate leads) {
    return request -> {
      request.body().part(4 + 4 + 4 + 4 + 1);
      var answers = new HashMap<TopicPartition, byte[]>();
      request.body().partitions(16, (partition, in) -> {
        boolean leader = leads.test(partition.partition());
        byte[] records = in.int64() > 7 || !leader ? new byte[0] : records();
        in.int32();
        return answers.put(partition, ScriptedBroker.bytes(out -> out.int16(leader ? 0 : ErrorCode.NOT_LEADER_OR_FOLLOWER.number()).int64(8).int64(8).int32(0).bytes(records)));
      });
      Thread.sleep(20);
      return ScriptedBroker.bytes(out -> out.int32(0).partitions(answers.keySet(), (to, partition) -> to.put(answers.get(partition))));
    };
  }

  @Test void aPartitionWhoseLeaderMovesIsFetchedFromTheNewOneAndItsNeighbourFromTheOld() throws Exception {
    var both = List.of(new TopicPartition("a", 0), new TopicPartition("a", 1));
    var moved = new AtomicBoolean();
    try (var other = new ScriptedBroker()) {
      broker.on(Api.METADATA, _ -> ScriptedBroker.bytes(out -> out.int32(0).list(List.of(broker, other), (to, each) ->
          to.int32(each == other ? 2 : 1).string("127.0.0.1").int32(each.port()).string(null))
          .string("cluster").int32(1).list(List.of("a"), (to, topic) -> to.int16(0).string(topic).bool(false).list(both, (each, of) -> each
              .int16(0).int32(of.partition()).int32(of.partition() == 0 && moved.get() ? 2 : 1).int32(0).int32(0)))));
      other.on(Api.METADATA, _ -> null);
      broker.on(Api.SYNC_GROUP, _ -> ScriptedBroker.bytes(out -> out.int32(0).int16(0).bytes(ConsumerMessages.assignment(both))));
      broker.on(Api.OFFSET_FETCH, _ -> ScriptedBroker.bytes(out -> out.partitions(both, (to, _) -> to.int64(5).string("").int16(0))));
      broker.on(Api.FETCH, fetching(partition -> {
        moved.set(true);
        return partition == 1;
      }));
      other.on(Api.FETCH, fetching(partition -> partition == 0));
      assertEquals(Set.of("a-0@5", "a-0@6", "a-0@7", "a-1@5", "a-1@6", "a-1@7"),
          take(start(), 6).stream().map(taken -> taken.message.toString()).collect(Collectors.toSet()));
      member.close();
    }
  }
}

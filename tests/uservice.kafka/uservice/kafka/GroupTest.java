package uservice.kafka;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A member, against a coordinator that says whatever a coordinator may say.
@Timeout(120)
class GroupTest {
  private static final Duration SESSION = Duration.ofMillis(1500);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String NOTHING = "nothing more";

  private final ScriptedBroker broker = broker();
  private final Told told = new Told();
  private final Queue<ErrorCode> joins = new ConcurrentLinkedQueue<>(); // what the next joins meet; none is fine
  private final Queue<ErrorCode> syncs = new ConcurrentLinkedQueue<>();
  private final Queue<ErrorCode> beats = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<String> joined = new LinkedBlockingQueue<>(); // the member ids that came
  private final BlockingQueue<String> left = new LinkedBlockingQueue<>();
  private final AtomicInteger generation = new AtomicInteger();
  private final AtomicInteger beaten = new AtomicInteger();
  private volatile byte[] synced;
  private volatile boolean silent;
  private Cluster cluster;
  private Group group;

  private static ScriptedBroker broker() {
    try {
      return new ScriptedBroker();
    } catch (IOException none) {
      throw new UncheckedIOException(none);
    }
  }

  /// The owner: what it was told, in order.
  private static final class Told implements Group.Owner {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    volatile boolean idle = true;
    volatile boolean wanted = true;

    @Override public void assigned(SortedSet<TopicPartition> partitions) { events.add("assigned " + partitions); }

    @Override public void giveBack() { events.add("give back"); }

    @Override public boolean idle() { return idle; }

    @Override public void given() { events.add("given"); }

    @Override public void lost() { events.add("lost"); }

    @Override public boolean wanted() { return wanted; }

    @Override public void trouble(KafkaException why) {
      if (why != null) {
        events.add("trouble: " + why.getMessage());
      }
    }

    String next() throws InterruptedException { return Objects.requireNonNullElse(events.poll(30, TimeUnit.SECONDS), NOTHING); }
  }

  @BeforeEach void script() {
    broker.topics.put("a", 4);
    broker.on(Api.JOIN_GROUP, request -> {
      request.body().string();
      request.body().int32();
      request.body().int32();
      String member = request.body().string();
      joined.add(member);
      ErrorCode error = Objects.requireNonNullElse(joins.poll(), ErrorCode.NONE);
      String id = error == ErrorCode.MEMBER_ID_REQUIRED ? "given" : member.isEmpty() ? "m" : member;
      boolean fine = error == ErrorCode.NONE;
      int number = fine ? generation.incrementAndGet() : -1;
      return ScriptedBroker.bytes(out -> out.int32(0).int16(error.number()).int32(number).string("range").string(fine ? id : "").string(id)
          .list(fine ? List.of(id, "other") : List.of(), (to, each) -> to.string(each).string(null).bytes(ConsumerMessages.subscription(List.of("a")))));
    });
    broker.on(Api.SYNC_GROUP, request -> {
      request.body().string();
      request.body().int32();
      String member = request.body().string();
      request.body().nullableString();
      var shares = new HashMap<String, byte[]>();
      request.body().list(6, each -> shares.put(each.string(), each.bytes().rest()));
      synced = shares.get("other");
      ErrorCode error = Objects.requireNonNullElse(syncs.poll(), ErrorCode.NONE);
      return ScriptedBroker.bytes(out -> out.int32(0).int16(error.number()).bytes(error == ErrorCode.NONE ? shares.get(member) : new byte[0]));
    });
    broker.on(Api.HEARTBEAT, _ -> {
      beaten.incrementAndGet();
      return silent ? null : answer(Objects.requireNonNullElse(beats.poll(), ErrorCode.NONE));
    });
    broker.on(Api.LEAVE_GROUP, request -> {
      request.body().string();
      request.body().list(4, each -> left.add(each.string() + "/" + each.nullableString()));
      return ScriptedBroker.bytes(out -> out.int32(0).int16(0).int32(0));
    });
  }

  private static byte[] answer(ErrorCode error) { return ScriptedBroker.bytes(out -> out.int32(0).int16(error.number())); }

  private void start(String instance, Duration rebalance) {
    cluster = new Cluster(broker.target("timeout=5s"));
    group = new Group(cluster, new Group.Terms("g", instance, Set.of("a"), List.of(Assignor.RANGE), SESSION, rebalance), told, System::nanoTime);
    group.start();
  }

  private void start() { start(null, LONG); }

  @AfterEach void end() throws Exception {
    if (group != null) {
      group.close();
      cluster.close();
    }
    broker.close();
  }

  private void assertTold(String... events) throws InterruptedException {
    for (String event : events) {
      assertEquals(event, told.next());
    }
  }

  private void awaitBeats(int more) throws InterruptedException {
    for (int until = beaten.get() + more; beaten.get() < until; ) { // bounded by the test's timeout
      Thread.sleep(2);
    }
  }

  @Test void joinsSharesOutAndBeats() throws Exception {
    start();
    assertTold("assigned [a-0, a-1]");
    assertEquals("[a-2, a-3]", ConsumerMessages.partitions(new BytesReader("assignment", synced)).toString(), "the other's half");
    awaitBeats(3);
    assertEquals("", joined.take());
    assertEquals(Group.State.MEMBER, group.state);
    group.close();
    assertTold("give back", "given");
    assertEquals("m/null", left.take());
    assertNull(told.events.poll());
  }

  @Test void joinsAgainWithTheIdThatItIsGiven() throws Exception {
    joins.add(ErrorCode.MEMBER_ID_REQUIRED);
    start();
    assertTold("assigned [a-0, a-1]");
    assertEquals("", joined.take());
    assertEquals("given", joined.take());
    group.close();
    assertEquals("given/null", left.take());
  }

  @Test void whoIsUnknownJoinsAsANewMember() throws Exception {
    start();
    assertTold("assigned [a-0, a-1]");
    beats.add(ErrorCode.UNKNOWN_MEMBER_ID);
    assertTold("lost", "assigned [a-0, a-1]");
    assertEquals(List.of("", ""), List.of(joined.take(), joined.take()));
  }

  @Test void whoIsOfAnOldGenerationJoinsAsTheSameMember() throws Exception {
    start();
    assertTold("assigned [a-0, a-1]");
    beats.add(ErrorCode.ILLEGAL_GENERATION);
    assertTold("lost", "assigned [a-0, a-1]");
    assertEquals(List.of("", "m"), List.of(joined.take(), joined.take()));
  }

  @Test void whenTheGroupIsDividedAnewWorkInHandEndsFirst() throws Exception {
    start();
    assertTold("assigned [a-0, a-1]");
    told.idle = false;
    beats.addAll(Collections.nCopies(5, ErrorCode.REBALANCE_IN_PROGRESS));
    assertTold("give back");
    awaitBeats(2);
    assertNull(told.events.poll(), "it is not idle");
    assertEquals(1, joined.size());
    told.idle = true;
    group.kick();
    assertTold("given", "assigned [a-0, a-1]");
    assertEquals(List.of("", "m"), List.of(joined.take(), joined.take()));
  }

  @Test void whatDoesNotEndInTimeIsGivenBackAllTheSame() throws Exception {
    start(null, Duration.ofSeconds(1));
    assertTold("assigned [a-0, a-1]");
    told.idle = false;
    beats.addAll(Collections.nCopies(3, ErrorCode.REBALANCE_IN_PROGRESS));
    assertTold("give back", "given", "assigned [a-0, a-1]");
  }

  @Test void aSyncThatComesTooLateBeginsAnew() throws Exception {
    for (ErrorCode error : List.of(ErrorCode.REBALANCE_IN_PROGRESS, ErrorCode.ILLEGAL_GENERATION, ErrorCode.UNKNOWN_MEMBER_ID)) {
      syncs.add(error);
    }
    start();
    assertTold("lost", "lost", "assigned [a-0, a-1]");
    assertEquals(List.of("", "m", "m", ""), List.of(joined.take(), joined.take(), joined.take(), joined.take()));
  }

  @Test void aCoordinatorThatMovesIsLookedForAndNothingIsLost() throws Exception {
    start();
    assertTold("assigned [a-0, a-1]");
    long before = lookedFor();
    beats.addAll(List.of(ErrorCode.NOT_COORDINATOR, ErrorCode.COORDINATOR_NOT_AVAILABLE, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
    while (lookedFor() < before + 2) { // bounded by the test's timeout
      Thread.sleep(2);
    }
    awaitBeats(3);
    assertNull(told.events.poll());
    assertEquals(1, joined.size());
  }

  private long lookedFor() {
    synchronized (broker.asked) {
      return broker.asked.stream().filter(api -> api == Api.FIND_COORDINATOR).count();
    }
  }

  @Test void aCoordinatorThatLoadsIsWaitedFor() throws Exception {
    joins.addAll(List.of(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, ErrorCode.NOT_COORDINATOR));
    syncs.add(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    start();
    assertTold("assigned [a-0, a-1]");
  }

  @Test void afterASessionWithoutAnAnswerAllIsLost() throws Exception {
    start();
    assertTold("assigned [a-0, a-1]");
    silent = true;
    assertTold("lost");
    silent = false;
    String next = told.next();
    for (; next.startsWith("trouble"); next = told.next()) {
      assertTrue(next.contains("no answer within"), next);
    }
    assertEquals("assigned [a-0, a-1]", next);
  }

  @Test void whosePlaceIsTakenStaysOut() throws Exception {
    start("i", LONG);
    assertTold("assigned [a-0, a-1]");
    beats.add(ErrorCode.FENCED_INSTANCE_ID);
    assertTold("lost", "trouble: group 'g', instance 'i': another member has taken over this group instance id: each process must have its own (FENCED_INSTANCE_ID)");
    int now = beaten.get();
    group.close();
    assertEquals(Group.State.AWAY, group.state);
    assertEquals(1, joined.size(), "it does not fight for it");
    assertEquals(now, beaten.get());
    assertTrue(left.isEmpty());
  }

  @Test void aStaticMemberStaysWhenItsProcessEnds() throws Exception {
    start("i", LONG);
    assertTold("assigned [a-0, a-1]");
    group.close();
    assertTold("give back", "given");
    assertTrue(left.isEmpty());
  }

  @Test void whoIsNotWantedLeavesAndComesBack() throws Exception {
    start();
    assertTold("assigned [a-0, a-1]");
    told.wanted = false;
    assertTold("give back", "given");
    assertEquals("m/null", left.take());
    told.wanted = true;
    group.kick();
    assertTold("assigned [a-0, a-1]");
    assertEquals(List.of("", ""), List.of(joined.take(), joined.take()));
  }

  @Test void whatAnOperatorHasToMendIsTold() throws Exception {
    joins.addAll(List.of(ErrorCode.GROUP_AUTHORIZATION_FAILED, ErrorCode.INCONSISTENT_GROUP_PROTOCOL, ErrorCode.INVALID_SESSION_TIMEOUT));
    start();
    assertTold("trouble: group 'g': this user may not use the group: give the right by an ACL (GROUP_AUTHORIZATION_FAILED)");
    assertTrue(told.next().contains("choose the one that they have (INCONSISTENT_GROUP_PROTOCOL)"));
    assertTrue(told.next().contains("group.min.session.timeout.ms"));
    assertTold("assigned [a-0, a-1]");
  }

  @Test void aStaticMemberNeedsABrokerThatKnowsThem() throws Exception {
    broker.on(Api.API_VERSIONS, _ -> ScriptedBroker.bytes(out -> out.int16(0).list(List.of(Api.values()), (to, api) ->
        to.int16(api.key()).int16(0).int16(api == Api.JOIN_GROUP ? 4 : api.most()))));
    start("i", LONG);
    assertTold("trouble: group 'g': instance 'i' needs a broker of 2.3 or later");
  }

  @Test void commitsAndMarksFollowTheCoordinator() throws Exception {
    var commits = new ArrayDeque<>(List.of(ErrorCode.NOT_COORDINATOR, ErrorCode.NONE));
    broker.on(Api.OFFSET_COMMIT, _ -> ScriptedBroker.bytes(out -> out.int32(0).list(List.of("a"), (to, topic) -> to.string(topic)
        .list(List.of(0), (each, number) -> each.int32(number).int16(commits.poll().number())))));
    start();
    assertTold("assigned [a-0, a-1]");
    var mark = Map.of(new TopicPartition("a", 0), new Mark(5, 0, 0));
    long before = lookedFor();
    assertEquals(ErrorCode.NOT_COORDINATOR, group.commit(mark).getFirst().error());
    assertEquals(ErrorCode.NONE, group.commit(mark).getFirst().error());
    assertTrue(lookedFor() > before);
  }
}

package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

/// What becomes of a partition's batches, step by step.
final class LaneTest {
  private final List<Batch> ended = new ArrayList<>();
  private final Lane lane = new Lane(new TopicPartition("jobs", 0), "here", ended);
  private long clock;
  private final Map<Batch, String> names = new IdentityHashMap<>();

  private List<String> ends() {
    return ended.stream().map(batch -> names.get(batch)
        + (batch.failure == null ? " at " + batch.offset : " failed" + (batch.failure.mayHaveRun() ? ", may be there" : ""))).toList();
  }

  private Batch batch(String name) {
    var batch = new Batch(lane, false, ++clock);
    batch.add(Message.of("jobs", null, name).at(Instant.EPOCH), new CompletableFuture<>());
    batch.closed = true;
    names.put(batch, name);
    lane.ready.add(batch);
    return batch;
  }

  /// A first batch is acknowledged, so that more may be sent at once.
  private void begin() {
    lane.identify(9, (short) 0);
    batch("first");
    lane.acknowledge(next(), 0);
    ended.clear();
  }

  private Batch next() { return lane.next(true, !lane.ready.isEmpty()); }

  private void refuse(Batch batch, ErrorCode code) { refuse(batch, KafkaException.of("x", code)); }

  private void refuse(Batch batch, KafkaException why) { lane.refuse(batch, why, 0); }

  private static String place(Batch batch) { return batch.producerId + "/" + batch.epoch + "/" + batch.sequence; }

  @Test void countsSequencesRoundAndRound() {
    assertEquals(5, Lane.after(2, 3));
    assertEquals(Integer.MAX_VALUE, Lane.after(Integer.MAX_VALUE - 1, 1));
    assertEquals(0, Lane.after(Integer.MAX_VALUE, 1));
    assertEquals(1, Lane.after(Integer.MAX_VALUE - 1, 3));
  }

  @Test void sendsFiveAtOnceAndWaitsForAnId() {
    for (int i = 0; i < 7; i++) {
      batch("b" + i);
    }
    assertNull(next());
    lane.identify(9, (short) 0);
    assertEquals("9/0/0", place(next()));
    assertNull(next(), "the first goes alone");
    lane.acknowledge(lane.flight.getFirst(), 30);
    for (int i = 1; i < 6; i++) {
      assertEquals("9/0/" + i, place(next()));
    }
    assertNull(next());
    lane.acknowledge(lane.flight.get(1), 40);
    assertEquals("9/0/6", place(next()));
    assertEquals(List.of("b0 at 30", "b1 at -1", "b2 at 40"), ends());
  }

  @Test void sendsAgainInOrderOnceNoneIsOnItsWay() {
    begin();
    Batch a = batch("a");
    Batch b = batch("b");
    batch("c");
    next();
    next();
    refuse(a, ErrorCode.NOT_LEADER_OR_FOLLOWER);
    assertNull(next());
    refuse(b, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    assertSame(a, next());
    assertSame(b, next());
    assertEquals("9/0/2", place(b));
    assertEquals("9/0/3", place(next()));
  }

  @Test void takesAnAcknowledgementForAllBefore() {
    begin();
    Batch a = batch("a");
    Batch b = batch("b");
    next();
    next();
    refuse(a, KafkaException.unanswered("cut", null));
    refuse(b, KafkaException.unanswered("cut", null));
    assertSame(a, next());
    assertSame(b, next());
    refuse(a, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER); // the broker remembers only b
    lane.acknowledge(b, 8);
    refuse(a, ErrorCode.INVALID_RECORD); // an answer that comes too late, over another connection
    assertNull(next());
    assertEquals(List.of("a at -1", "b at 8"), ends());
  }

  @Test void takesNoAcknowledgementForWhatWasRefused() {
    begin();
    Batch a = batch("a");
    Batch b = batch("b");
    next();
    next();
    refuse(a, ErrorCode.NOT_ENOUGH_REPLICAS);
    lane.acknowledge(b, 8); // from a broker that has forgotten what was before
    assertSame(a, next());
    refuse(a, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    assertSame(a, next());
    assertEquals("9/1/0", place(a));
    lane.acknowledge(a, 9);
    assertEquals(List.of("b at 8", "a at 9"), ends());
  }

  @Test void neverGivesOtherNumbersToWhatMayBeThere() {
    begin();
    Batch a = batch("a");
    Batch b = batch("b");
    Batch c = batch("c");
    next();
    next();
    next();
    refuse(a, ErrorCode.INVALID_RECORD);
    refuse(b, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    refuse(c, KafkaException.unanswered("cut", null));
    assertSame(b, next());
    assertEquals("9/1/0", place(b));
    batch("d");
    assertNull(next(), "the first of an epoch goes alone");
    assertEquals(List.of("a failed", "c failed, may be there"), ends());
  }

  @Test void goesOnUnderTheNextEpochWhereTheBrokerSeesAGap() {
    lane.identify(9, (short) 0);
    Batch a = batch("a");
    Batch b = batch("b");
    next();
    refuse(a, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER); // the broker has lost what was before
    assertSame(a, next());
    assertEquals("9/1/0", place(a));
    refuse(a, KafkaException.unanswered("cut", null));
    assertSame(a, next());
    refuse(a, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER); // it has a, or it has not
    assertSame(b, next());
    assertEquals("9/2/0", place(b));
    assertEquals(List.of("a failed, may be there"), ends());
  }

  @Test void asksForAnotherIdWhenTheEpochsAreUsedUp() {
    lane.identify(9, Short.MAX_VALUE);
    Batch a = batch("a");
    next();
    assertTrue(lane.usedUp());
    refuse(a, ErrorCode.UNKNOWN_PRODUCER_ID);
    assertNull(next());
    assertFalse(lane.identified());
    lane.identify(10, (short) 0);
    assertSame(a, next());
    assertEquals("10/0/0", place(a));
  }

  @Test void keepsThePlaceOfWhatIsGivenUpOnItsWay() {
    begin();
    Batch a = batch("a");
    Batch b = batch("b");
    next();
    lane.expire(a.created, lane.late("late"));
    assertEquals(List.of("a failed, may be there"), ends());
    assertEquals("9/0/2", place(next()));
    refuse(a, KafkaException.unanswered("cut", null));
    refuse(b, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    assertSame(b, next());
    assertEquals("9/1/0", place(b));
  }

  @Test void sendsOneAtATimeWithoutNumbers() {
    Batch a = batch("a");
    batch("b");
    assertSame(a, lane.next(false, !lane.ready.isEmpty()));
    assertEquals("-1/-1/-1", place(a));
    assertNull(lane.next(false, !lane.ready.isEmpty()));
    refuse(a, KafkaException.unanswered("cut", null));
    assertSame(a, lane.next(false, !lane.ready.isEmpty()));
    lane.acknowledge(a, 0);
    assertEquals(1, lane.next(false, !lane.ready.isEmpty()).count());
  }

  @Test void endsOnceWhatIsAcknowledgedAfterItWasGivenUp() {
    lane.identify(9, (short) 0);
    Batch a = batch("a");
    batch("b");
    next();
    lane.expire(a.created, lane.late("late"));
    lane.acknowledge(a, 3);
    assertEquals(List.of("a failed, may be there"), ends());
    assertEquals("9/0/1", place(next()));
  }

  @Test void givesUpAllThatIsAsOldAndNothingElse() {
    lane.identify(9, (short) 0);
    Batch a = batch("a");
    batch("b");
    Batch c = batch("c");
    Batch d = batch("d");
    next();
    refuse(a, ErrorCode.NOT_LEADER_OR_FOLLOWER);
    lane.expire(a.created - 1, lane.late("late"));
    assertEquals(List.of(), ends());
    lane.expire(c.created, lane.late("late"));
    assertEquals(List.of("a failed", "b failed", "c failed"), ends());
    assertSame(d, next());
    assertEquals("9/1/0", place(d));
    lane.acknowledge(d, 0);
    assertTrue(lane.idle());
  }
}

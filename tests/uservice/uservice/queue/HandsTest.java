package uservice.queue;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import testing.ManualClock;

@Timeout(60)
final class HandsTest {
  private static final Duration VISIBILITY = Duration.ofSeconds(30);

  /// A job by its number; compared by identity, as a claim is.
  private static final class Claim implements Delivery {
    private final long number;

    private Claim(long number) {
      this.number = number;
    }

    @Override public Job job() { return new Job("job", new byte[0]); }

    @Override public int attempt() { return 1; }
  }

  private final ManualClock clock = new ManualClock();
  private final Hands<Long> hands = new Hands<>(clock::nanos, VISIBILITY, delivery -> ((Claim) delivery).number);

  private Claim take(long number) {
    var claim = new Claim(number);
    assertTrue(hands.reach());
    hands.take(List.of(claim));
    return claim;
  }

  @Test void isEmptyOnceAllIsSettled() throws Exception {
    Claim one = take(1);
    Claim two = take(2);
    hands.settle(List.of(two));
    assertFalse(hands.empty(Duration.ZERO));
    hands.settle(List.of(one));
    assertTrue(hands.empty(Duration.ZERO));
  }

  @Test void holdsNoLongerThanTheVisibilityTimeout() throws Exception {
    take(1);
    clock.advance(VISIBILITY.minusNanos(1));
    assertFalse(hands.empty(Duration.ZERO));
    clock.advance(Duration.ofNanos(1));
    assertTrue(hands.empty(Duration.ZERO));
  }

  @Test void holdsAJobThatCameAgainForItsNewerDelivery() throws Exception {
    Claim former = take(1);
    Claim newer = take(1);
    hands.settle(List.of(former));
    assertFalse(hands.empty(Duration.ZERO));
    hands.settle(List.of(newer));
    assertTrue(hands.empty(Duration.ZERO));
  }

  @Test void forgetsInTheOrderOfTheNewestClaims() throws Exception {
    take(1);
    clock.advance(VISIBILITY.dividedBy(2));
    take(2);
    take(1); // again: its time begins anew
    clock.advance(VISIBILITY.dividedBy(2));
    assertFalse(hands.empty(Duration.ZERO));
    clock.advance(VISIBILITY.dividedBy(2));
    assertTrue(hands.empty(Duration.ZERO));
  }

  @Test void waitsForAClaimThatIsUnderWay() throws Exception {
    assertTrue(hands.reach());
    assertFalse(hands.empty(Duration.ZERO));
    hands.take(List.of());
    assertTrue(hands.empty(Duration.ZERO));
  }

  @Test void beginsNoClaimOnceDrained() {
    hands.drain();
    assertFalse(hands.reach());
    assertFalse(hands.open());
    assertFalse(hands.closed());
  }

  @Test void isClosedOnceAndForGood() throws Exception {
    take(1);
    assertTrue(hands.close());
    assertFalse(hands.close());
    hands.drain();
    assertTrue(hands.closed());
    assertFalse(hands.reach());
    assertFalse(hands.empty(Duration.ofDays(1)));
  }

  @Test void wakesWhoWaits() throws Exception {
    Claim one = take(1);
    var waiting = new FutureTask<>(() -> hands.empty(Duration.ofDays(1)));
    Thread thread = Thread.ofPlatform().start(waiting);
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    hands.settle(List.of(one));
    assertTrue(waiting.get());
  }
}

package uservice.lifecycle;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LifecycleTest {
  @Test void firstReasonAndExitCodeStand() throws Exception {
    var lifecycle = new Lifecycle();
    lifecycle.advance(State.Event.STARTED);
    assertTrue(lifecycle.stop("SIGTERM", 0));
    assertFalse(lifecycle.stop("out of disk", 7));
    lifecycle.awaitStop();
    assertEquals("SIGTERM", lifecycle.reason());
    assertEquals(0, lifecycle.exitCode());
    assertEquals(State.DRAINING, lifecycle.state());
  }

  @Test void listenersSeeEachStateOnceAndInOrder() {
    var lifecycle = new Lifecycle();
    var seen = new ArrayList<State>();
    lifecycle.onChange(seen::add);
    lifecycle.advance(State.Event.STARTED);
    lifecycle.advance(State.Event.STARTED);
    lifecycle.stop("test", 0);
    lifecycle.stop("test again", 0);
    lifecycle.advance(State.Event.DRAINED);
    lifecycle.advance(State.Event.FINISHED);
    assertEquals(List.of(State.READY, State.DRAINING, State.STOPPING, State.STOPPED), seen);
  }

  @Test void stopBeforeTheStartIsCompleteInterruptsTheStarter() throws Exception {
    var made = new CompletableFuture<Lifecycle>();
    var interrupted = new CompletableFuture<Boolean>();
    Thread.ofPlatform().start(() -> {
      made.complete(new Lifecycle());
      try {
        Thread.sleep(Duration.ofMinutes(5));
        interrupted.complete(false);
      } catch (InterruptedException asked) {
        interrupted.complete(true);
      }
    });
    made.get().stop("SIGTERM", 0);
    assertTrue(interrupted.get());
    assertEquals(State.STOPPING, made.get().state());
    assertFalse(made.get().advance(State.Event.STARTED), "a start that completes late does not undo the stop");
  }

  @Test void actionsComeLastRegisteredFirst() {
    var lifecycle = new Lifecycle();
    for (String name : List.of("database", "cache", "queue")) {
      lifecycle.onStop(name, Duration.ofSeconds(1), () -> {});
    }
    var order = Stream.generate(lifecycle::nextAction).takeWhile(Optional::isPresent).map(action -> action.get().name()).toList();
    assertEquals(List.of("queue", "cache", "database"), order);
  }

  @Test void refusesAnActionWithoutTime() {
    var refused = assertThrows(IllegalArgumentException.class, () -> new Lifecycle().onStop("x", Duration.ZERO, () -> {}));
    assertEquals("stop action 'x' has the limit PT0S, must be above 0", refused.getMessage());
  }

  @Test void exitCodeIsGivenWhereTheStopHadNone() {
    var lifecycle = new Lifecycle();
    lifecycle.stop("SIGTERM", 0);
    lifecycle.exitCode(143);
    lifecycle.exitCode(7);
    assertEquals(143, lifecycle.exitCode());
  }

  @Test void whoWaitsForTheStopFindsTheStateThatFollows() throws Exception {
    var lifecycle = new Lifecycle();
    lifecycle.advance(State.Event.STARTED);
    var seen = new CompletableFuture<Boolean>();
    lifecycle.onChange(state -> {
      try {
        seen.complete(state == State.DRAINING && lifecycle.stopping() && !lifecycle.awaitStop(Duration.ZERO));
      } catch (InterruptedException cut) {
        seen.completeExceptionally(cut);
      }
    });
    lifecycle.stop("test", 0);
    assertTrue(seen.get(), "the state comes before the word");
    assertTrue(lifecycle.awaitStop(Duration.ZERO));
  }

  @Test void aListenerThatThrowsKeepsNobodyWaiting() throws Exception {
    var lifecycle = new Lifecycle();
    lifecycle.onChange(_ -> {
      throw new IllegalStateException("a listener's bug");
    });
    assertThrows(IllegalStateException.class, () -> lifecycle.stop("test", 0));
    assertTrue(lifecycle.awaitStop(Duration.ZERO));
  }

  @Test void stopAndEndAreWaitedFor() throws Exception {
    var lifecycle = new Lifecycle();
    assertFalse(lifecycle.awaitStop(Duration.ZERO));
    lifecycle.advance(State.Event.STARTED);
    Thread.ofVirtual().start(() -> lifecycle.stop("test", 0));
    assertTrue(lifecycle.awaitStop(Duration.ofSeconds(20)));
    lifecycle.advance(State.Event.DRAINED);
    assertFalse(lifecycle.awaitEnd(Duration.ZERO), "stopping is not stopped");
    Thread.ofVirtual().start(() -> lifecycle.advance(State.Event.FINISHED));
    assertTrue(lifecycle.awaitEnd(Duration.ofSeconds(20)));
  }
}

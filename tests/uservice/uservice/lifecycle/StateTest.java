package uservice.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static uservice.lifecycle.State.*;

import module java.base;
import org.junit.jupiter.api.Test;
import uservice.lifecycle.State.Event;

class StateTest {
  /// Every event in every state: rows are states, columns STARTED, STOP, DRAINED, FINISHED.
  private static final Map<State, List<State>> TABLE = Map.of(
      STARTING, List.of(READY, STOPPING, STARTING, STARTING),
      READY, List.of(READY, DRAINING, READY, READY),
      DRAINING, List.of(DRAINING, DRAINING, STOPPING, DRAINING),
      STOPPING, List.of(STOPPING, STOPPING, STOPPING, STOPPED),
      STOPPED, List.of(STOPPED, STOPPED, STOPPED, STOPPED));

  @Test void everyEventInEveryStateLeadsWhereTheTableSays() {
    for (State state : State.values()) {
      for (Event event : Event.values()) {
        assertEquals(TABLE.get(state).get(event.ordinal()), state.after(event), state + " after " + event);
      }
    }
  }

  @Test void noSequenceOfEventsEverMovesBack() {
    int sequences = (int) Math.pow(Event.values().length, 6);
    for (int number = 0; number < sequences; number++) {
      State state = STARTING;
      for (int rest = number, step = 0; step < 6; step++, rest /= 4) {
        State next = state.after(Event.values()[rest % 4]);
        assertEquals(true, next.compareTo(state) >= 0, state + " to " + next);
        state = next;
      }
    }
  }
}

package uservice.kafka;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;

/// One partition's bookkeeping, without a broker.
class ShareTest {
  private final Share share = new Share(new TopicPartition("t", 3));

  private static RecordBatch batch(long base, int count) {
    var writer = new RecordBatchWriter(false);
    for (int i = 0; i < count; i++) {
      writer.add(1, null, new byte[] {(byte) (base + i)}, List.of());
    }
    return at(base, writer.finish(-1, -1, -1), 0);
  }

  /// The batch at another offset, and of another codec where that is not 0: neither is in the checksum's way, for this reader.
  private static RecordBatch at(long base, byte[] bytes, int codec) {
    ByteBuffer.wrap(bytes).putLong(0, base).put(22, (byte) codec);
    var crc = new java.util.zip.CRC32C();
    crc.update(bytes, RecordBatch.CRC_END, bytes.length - RecordBatch.CRC_END);
    ByteBuffer.wrap(bytes).putInt(17, (int) crc.getValue());
    try {
      return RecordBatch.read(new BytesReader("test", bytes));
    } catch (ProtocolException bug) {
      throw new AssertionError(bug);
    }
  }

  private void begin(long offset, RecordBatch... batches) {
    share.begin(offset, "");
    share.add(List.of(batches), 100, false);
  }

  private List<Taken> take(int count) {
    var taken = new ArrayList<Taken>();
    for (int i = 0; i < count; i++) {
      Taken next = share.take();
      if (next != null) {
        next.attempts++;
        taken.add(next);
      }
    }
    return taken;
  }

  private static List<Long> offsets(List<Taken> taken) { return taken.stream().map(each -> each.message.offset()).toList(); }

  private void assertMark(long offset, String note) {
    assertEquals(offset, share.mark().offset());
    assertEquals(note, share.mark().note());
  }

  @Test void theMarkIsTheOldestThatIsNotDone() {
    begin(10, batch(10, 3), batch(13, 2));
    assertMark(10, "");
    assertFalse(share.uncommitted());
    List<Taken> taken = take(9);
    assertEquals(List.of(10L, 11L, 12L, 13L, 14L), offsets(taken));
    assertMark(10, "attempts=1 until=14");
    assertTrue(share.done(taken.get(1)));
    assertTrue(share.done(taken.get(2)));
    assertFalse(share.done(taken.get(2)), "once");
    assertMark(10, "attempts=1 until=14");
    assertTrue(share.done(taken.get(0)));
    assertMark(13, "attempts=1 until=14");
    assertEquals(2, share.held);
    assertEquals(87, lag(13));
    taken.subList(3, 5).forEach(share::done);
    assertMark(15, "");
    assertEquals(0, share.held);
  }

  private long lag(long committed) {
    share.committed = new Mark(committed, 0, 0);
    return share.lag();
  }

  @Test void whatIsMissingInTheLogIsPassedOver() {
    begin(10, batch(12, 1), batch(20, 1));
    List<Taken> taken = take(9);
    assertEquals(List.of(12L, 20L), offsets(taken));
    assertMark(12, "attempts=1 until=20");
    share.done(taken.get(0));
    assertMark(20, "attempts=1 until=20");
    share.done(taken.get(1));
    assertMark(21, "");
    assertEquals(21, share.position);
  }

  @Test void aBatchThatBeginsBeforeTheOffsetGivesItsRest() {
    begin(11, batch(10, 3));
    assertEquals(List.of(11L, 12L), offsets(take(9)));
  }

  @Test void waitingBytesAreGoneWhenABatchIsUnpacked() {
    begin(0, batch(0, 1), batch(1, 1));
    int both = share.waitingBytes;
    take(1);
    assertEquals(both / 2, share.waitingBytes);
    take(1);
    assertEquals(0, share.waitingBytes);
    assertNull(share.take());
  }

  @Test void whatCannotBeReadStopsThePartitionAndNothingIsSkipped() {
    var writer = new RecordBatchWriter(false);
    writer.add(1, null, new byte[3], List.of());
    begin(0, batch(0, 1), at(1, writer.finish(-1, -1, -1), 3), batch(2, 1));
    share.done(take(9).getFirst());
    assertNull(share.take());
    assertTrue(share.unreadable.contains("batch at offset 1 of t-3 is compressed by lz4"), share.unreadable);
    assertMark(1, "");
    assertNull(share.take());
  }

  @Test void attemptsOfTheOldestAreWhatTheMarkSays() {
    share.begin(10, "attempts=1 until=14");
    share.add(List.of(batch(10, 5)), 15, false);
    List<Taken> taken = take(9);
    assertEquals(5, taken.size(), "once may happen to anybody");
    assertEquals(List.of(2, 1, 1, 1, 1), taken.stream().map(each -> each.attempts).toList());
    assertTrue(share.watched(10), "the group should know before it begins");
    assertFalse(share.watched(11));
    assertMark(10, "attempts=2 until=14");
  }

  @Test void afterTwoThatNeverEndedOneIsHandedOutAtATime() {
    share.begin(10, "attempts=2 until=11");
    share.add(List.of(batch(10, 5)), 15, false);
    List<Taken> first = take(9);
    assertEquals(List.of(10L), offsets(first));
    assertEquals(3, first.getFirst().attempts);
    share.done(first.getFirst());
    List<Taken> second = take(9);
    assertEquals(List.of(11L), offsets(second));
    assertTrue(share.watched(11));
    assertEquals(1, second.getFirst().attempts, "its count is its own");
    share.done(second.getFirst());
    assertEquals(List.of(12L, 13L, 14L), offsets(take(9)), "those were not begun then");
  }

  @Test void aNoteOfAnotherClientIsNone() {
    for (String note : List.of("", "x", "attempts=", "attempts=1", "attempts=99999999999 until=1", "attempts=1 until=x", "{\"attempts\":1}")) {
      assertEquals(new Mark(5, 0, 0), Mark.of(5, note), note);
    }
    assertEquals(new Mark(5, 7, 9), Mark.of(5, new Mark(5, 7, 9).note()));
    assertEquals("", new Mark(5, 0, 9).note(), "given back is not begun");
    assertEquals(Mark.of(5, ""), new Mark(5, 0, 9), "and is no other mark than before");
  }

  @Test void whatIsGivenBackTakesNothingNewButEnds() {
    begin(0, batch(0, 3));
    Taken one = take(1).getFirst();
    share.giveBack();
    assertNull(share.take());
    assertFalse(share.open());
    assertTrue(share.done(one));
    assertMark(1, "");
    assertTrue(share.uncommitted());
  }

  @Test void nothingOfWhatIsLostIsDoneOrCommitted() {
    begin(0, batch(0, 3));
    Taken one = take(1).getFirst();
    share.lose();
    assertFalse(share.done(one));
    assertFalse(share.uncommitted());
    assertEquals(0, share.held);
    assertNull(share.take());
  }

  @Test void whoRestsIsNotHeld() {
    begin(0, batch(0, 2));
    List<Taken> both = take(2);
    share.hold(both.get(0), false);
    share.hold(both.get(0), false);
    assertEquals(1, share.held);
    share.hold(both.get(0), true);
    assertEquals(2, share.held);
    share.hold(both.get(0), false);
    assertTrue(share.done(both.get(0)), "a late end counts");
    assertEquals(1, share.held);
    assertMark(1, "attempts=1 until=1");
  }

  @Test void aJumpForgetsAllThatWas() {
    begin(0, batch(0, 2));
    List<Taken> both = take(1);
    share.jump(50);
    assertFalse(share.done(both.getFirst()));
    assertMark(50, "");
    share.add(List.of(batch(50, 1)), 51, false);
    assertEquals(List.of(50L), offsets(take(9)));
  }
}

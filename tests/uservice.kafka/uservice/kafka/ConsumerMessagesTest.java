package uservice.kafka;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import uservice.kafka.ConsumerMessages.Found;
import uservice.kafka.ConsumerMessages.Joined;

/// Requests byte by byte, as the protocol's schemas have them, and answers, whole, cut and changed. The bytes of subscriptions and
/// assignments are those of Kafka's own client library 4.1.0.
@Timeout(60)
class ConsumerMessagesTest {
  private static final Group.Terms TERMS =
      new Group.Terms("g", "i", Set.of("a", "b"), List.of(Assignor.RANGE, Assignor.ROUND_ROBIN), Duration.ofSeconds(6), Duration.ofSeconds(10));
  private static final Group.Terms PASSING = new Group.Terms("g", null, Set.of("a"), List.of(Assignor.RANGE), Duration.ofSeconds(6), Duration.ofSeconds(10));
  private static final Joined WHO = new Joined(ErrorCode.NONE, 7, "range", "l", "m", Collections.emptySortedMap());
  private static final TopicPartition A1 = new TopicPartition("a", 1);
  private static final TopicPartition A3 = new TopicPartition("a", 3);
  private static final TopicPartition B0 = new TopicPartition("b", 0);
  private static final String SUBSCRIPTION = "000000000002000161000162ffffffff";
  private static final String NOTE = "0012617474656d7074733d3120756e74696c3d39"; // attempts=1 until=9
  private static final String ASSIGNMENT = "0000000000020001610000000200000001000000030001620000000100000000ffffffff";

  private static byte[] hex(String text) { return HexFormat.of().parseHex(text.replace(" ", "")); }

  private static BytesReader reader(String text) { return new BytesReader("answer", hex(text)); }

  private static BytesReader reader(int version, String text) { return new BytesReader("answer", version, hex(text), 0, hex(text).length); }

  private static void assertWrites(int version, String expected, Consumer<BytesWriter> request) {
    var out = new BytesWriter(256, version);
    request.accept(out);
    assertEquals(expected.replace(" ", ""), HexFormat.of().formatHex(out.toByteArray()));
  }

  @Test void subscriptionsAndAssignmentsAreTheStandardClients() throws Exception {
    assertArrayEquals(hex(SUBSCRIPTION), ConsumerMessages.subscription(List.of("b", "a")));
    assertArrayEquals(hex(ASSIGNMENT), ConsumerMessages.assignment(List.of(B0, A3, A1)));
    assertEquals(Set.of("a", "b"), ConsumerMessages.topics(reader(SUBSCRIPTION)));
    assertEquals(Set.of("a", "b"), ConsumerMessages.topics(reader("000100000002000161000162ffffffff000000010001610000000100000001")), "version 1, with what it had");
    assertEquals(Set.of("a", "b"), ConsumerMessages.topics(reader("000300000002000161000162ffffffff0000000100016100000001000000010000000700047261636b")), "version 3, with a rack");
    assertEquals(List.of(A1, A3, B0), List.copyOf(ConsumerMessages.partitions(reader(ASSIGNMENT))));
    assertEquals(Set.of(A1), ConsumerMessages.partitions(reader("0003000000010001610000000100000001000000020102")), "with data of its leader's");
    assertEquals(Set.of(), ConsumerMessages.partitions(reader("")));
    assertEquals("answer: assignment at byte 0 is of version -1, expected 0 or above",
        assertThrows(ProtocolException.class, () -> ConsumerMessages.partitions(reader("ffff00000000"))).getMessage());
  }

  @Test void joins() throws Exception {
    String protocols = "0008636f6e73756d6572 00000002 000572616e6765 00000010" + SUBSCRIPTION + "000a726f756e64726f62696e 00000010" + SUBSCRIPTION;
    assertWrites(2, "000167 00001770 00002710 00016d" + protocols, out -> ConsumerMessages.join(out, TERMS, WHO));
    assertWrites(5, "000167 00001770 00002710 00016d 000169" + protocols, out -> ConsumerMessages.join(out, TERMS, WHO));
    var five = ConsumerMessages.joined(reader(5, "00000000 0000 00000007 000572616e6765 00016d 00016d 00000002 00016d ffff 00000010" + SUBSCRIPTION
        + "00016e 000169 00000010" + SUBSCRIPTION));
    assertEquals(ErrorCode.NONE, five.error());
    assertEquals(7, five.generation());
    assertEquals("range", five.protocol());
    assertTrue(five.leads());
    assertEquals(List.of(new Assignor.Member("n", "i"), new Assignor.Member("m", null)), List.copyOf(five.members().keySet()), "static ones first");
    assertEquals(Set.of("a", "b"), ConsumerMessages.topics(five.members().get(new Assignor.Member("n", "i"))));
    var two = ConsumerMessages.joined(reader(2, "00000000 0000 00000007 000572616e6765 00016e 00016d 00000000"));
    assertFalse(two.leads());
    var required = ConsumerMessages.joined(reader(5, "00000000 004f ffffffff ffff 0000 00016d 00000000"));
    assertEquals(ErrorCode.MEMBER_ID_REQUIRED, required.error());
    assertEquals("m", required.member());
    assertFalse(required.leads());
  }

  @Test void syncs() throws Exception {
    assertWrites(1, "000167 00000007 00016d 00000001 00016e 00000024" + ASSIGNMENT, out -> ConsumerMessages.sync(out, TERMS, WHO, Map.of("n", List.of(A1, A3, B0))));
    assertWrites(3, "000167 00000007 00016d 000169 00000000", out -> ConsumerMessages.sync(out, TERMS, WHO, Map.of()));
    var synced = ConsumerMessages.synced(reader("00000000 0000 00000024" + ASSIGNMENT));
    assertEquals(List.of(A1, A3, B0), List.copyOf(synced.getValue()));
    assertEquals(ErrorCode.REBALANCE_IN_PROGRESS, ConsumerMessages.synced(reader("00000000 001b 00000000")).getKey());
  }

  @Test void beatsAndLeaves() throws Exception {
    assertWrites(1, "000167 00000007 00016d", out -> ConsumerMessages.heartbeat(out, TERMS, WHO));
    assertWrites(3, "000167 00000007 00016d 000169", out -> ConsumerMessages.heartbeat(out, TERMS, WHO));
    assertWrites(3, "000167 00000007 00016d ffff", out -> ConsumerMessages.heartbeat(out, PASSING, WHO));
    assertEquals(ErrorCode.FENCED_INSTANCE_ID, ConsumerMessages.error(reader("00000000 0052")));
    assertWrites(1, "000167 00016d", out -> ConsumerMessages.leave(out, TERMS, WHO));
    assertWrites(3, "000167 00000001 00016d 000169", out -> ConsumerMessages.leave(out, TERMS, WHO));
  }

  @Test void commitsAndAsksForWhatWasCommitted() throws Exception {
    var marks = Map.of(A1, new Mark(5, 1, 9), B0, new Mark(6, 0, 0));
    assertWrites(2, "000167 00000007 00016d ffffffffffffffff 00000002 000161 00000001 00000001 0000000000000005 " + NOTE + " 000162 00000001 00000000 0000000000000006 0000",
        out -> ConsumerMessages.commit(out, TERMS, WHO, marks));
    assertWrites(5, "000167 00000007 00016d 00000001 000161 00000001 00000001 0000000000000005" + NOTE,
        out -> ConsumerMessages.commit(out, TERMS, WHO, Map.of(A1, new Mark(5, 1, 9))));
    assertWrites(7, "000167 00000007 00016d 000169 00000001 000161 00000001 00000001 0000000000000005 ffffffff" + NOTE,
        out -> ConsumerMessages.commit(out, TERMS, WHO, Map.of(A1, new Mark(5, 1, 9))));
    String answer = "00000001 000161 00000002 00000001 0000 00000003 0016";
    var expected = List.of(new Found(A1, ErrorCode.NONE, -1, "", null), new Found(A3, ErrorCode.ILLEGAL_GENERATION, -1, "", null));
    assertEquals(expected, ConsumerMessages.committed(reader(2, answer)));
    assertEquals(expected, ConsumerMessages.committed(reader(7, "00000000" + answer)));
    assertWrites(1, "000167 00000002 000161 00000002 00000001 00000003 000162 00000001 00000000", out -> ConsumerMessages.marks(out, "g", List.of(B0, A1, A3)));
    assertEquals(List.of(new Found(A1, ErrorCode.NONE, 5, "x", null), new Found(A3, ErrorCode.NONE, -1, "", null)),
        ConsumerMessages.marks(reader("00000001 000161 00000002 00000001 0000000000000005 000178 0000 00000003 ffffffffffffffff ffff 0000")));
  }

  @Test void asksForOffsetsAndRecords() throws Exception {
    assertWrites(1, "ffffffff 00000001 000161 00000001 00000001 fffffffffffffffe", out -> ConsumerMessages.offsets(out, List.of(A1), Begin.EARLIEST));
    assertEquals(List.of(new Found(A1, ErrorCode.NONE, 9, "", null)),
        ConsumerMessages.offsets(reader("00000001 000161 00000001 00000001 0000 ffffffffffffffff 0000000000000009")));
    assertWrites(4, "ffffffff 000001f4 00000001 00400000 00 00000001 000161 00000001 00000001 0000000000000009 00100000",
        out -> ConsumerMessages.fetch(out, Duration.ofMillis(500), 4 << 20, Map.of(A1, 9L)));
    List<Found> fetched = ConsumerMessages.fetched(reader("00000000 00000001 000161 00000002 00000001 0000 000000000000000c 000000000000000c 00000001 "
        + "0000000000000001 0000000000000002 00000002 abcd 00000003 0001 ffffffffffffffff ffffffffffffffff ffffffff ffffffff"));
    assertEquals(A1, fetched.get(0).partition());
    assertEquals(12, fetched.get(0).offset());
    assertArrayEquals(hex("abcd"), fetched.get(0).records().rest());
    assertEquals(ErrorCode.OFFSET_OUT_OF_RANGE, fetched.get(1).error());
    assertNull(fetched.get(1).records());
  }

  private interface Decoder {
    Object read(BytesReader in) throws ProtocolException;
  }

  private record Answer(int version, String bytes, Decoder decoder) {
    Object read(byte[] bytes) throws ProtocolException { return decoder.read(new BytesReader("answer", version, bytes, 0, bytes.length)); }
  }

  private static final List<Answer> ANSWERS = List.of(
      new Answer(5, "00000000 0000 00000007 000572616e6765 00016d 00016d 00000002 00016d ffff 00000010" + SUBSCRIPTION + "00016e 000169 00000010" + SUBSCRIPTION,
        ConsumerMessages::joined),
      new Answer(1, "00000000 0000 00000007 000572616e6765 00016d 00016d 00000001 00016d 00000010" + SUBSCRIPTION, ConsumerMessages::joined),
      new Answer(1, "00000000 0000 00000024" + ASSIGNMENT, ConsumerMessages::synced),
      new Answer(1, "00000000 0000", ConsumerMessages::error),
      new Answer(7, "00000000 00000001 000161 00000002 00000001 0000 00000003 0016", ConsumerMessages::committed),
      new Answer(1, "00000001 000161 00000002 00000001 0000000000000005 000178 0000 00000003 ffffffffffffffff ffff 0000", ConsumerMessages::marks),
      new Answer(1, "00000001 000161 00000001 00000001 0000 ffffffffffffffff 0000000000000009", ConsumerMessages::offsets),
      new Answer(1, "00000000 00000001 000161 00000001 00000001 0000 000000000000000c 000000000000000c 00000001 0000000000000001 0000000000000002 00000002 abcd",
        ConsumerMessages::fetched),
      new Answer(1, "000300000002000161000162ffffffff0000000100016100000001000000010000000700047261636b".substring(0, 32), ConsumerMessages::topics),
      new Answer(1, ASSIGNMENT.substring(0, ASSIGNMENT.length() - 8), ConsumerMessages::partitions));

  @Test void anAnswerThatIsCutIsRefusedWhereverItIsCut() {
    ANSWERS.forEach(answer -> {
      String text = answer.bytes();
      byte[] whole = hex(text);
      assertDoesNotThrow(() -> answer.read(whole), text);
      for (int cut = 1; cut < whole.length; cut++) {
        byte[] part = Arrays.copyOf(whole, cut);
        if (!text.startsWith("0003") || cut < 12) { // the end of a subscription is not looked at
          assertThrows(ProtocolException.class, () -> answer.read(part), () -> text + " cut at " + part.length);
        }
      }
    });
  }

  @Test void anyBytesEndInAnAnswer() {
    var random = new Random(3);
    ANSWERS.forEach(answer -> {
      for (int round = 0; round < 20_000; round++) {
        byte[] bytes = hex(answer.bytes());
        for (int i = 0; i <= random.nextInt(3); i++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        try {
          answer.read(bytes);
        } catch (ProtocolException said) {
          assertNotNull(said.getMessage());
        }
      }
    });
  }
}

package uservice.kafka;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import uservice.kafka.FetchMessages.Fetched;
import uservice.kafka.GroupMessages.Mark;
import uservice.kafka.GroupMessages.Speaker;

/// Requests byte by byte, as the protocol's schemas have them, and answers, whole, cut and changed. The bytes of subscriptions and
/// assignments are those of Kafka's own client library 4.1.0.
@Timeout(60)
class GroupMessagesTest {
  private static final Speaker WHO = new Speaker("g", 7, "m", "i");
  private static final TopicPartition A1 = new TopicPartition("a", 1);
  private static final TopicPartition A3 = new TopicPartition("a", 3);
  private static final TopicPartition B0 = new TopicPartition("b", 0);
  private static final String SUBSCRIPTION = "000000000002000161000162ffffffff";
  private static final String ASSIGNMENT = "0000000000020001610000000200000001000000030001620000000100000000ffffffff";

  private static byte[] hex(String text) { return HexFormat.of().parseHex(text.replace(" ", "")); }

  private static BytesReader reader(String text) { return reader(text, 0); }

  private static BytesReader reader(String text, int version) { return reader(hex(text), version); }

  private static BytesReader reader(byte[] bytes, int version) { return new BytesReader("answer", version, bytes, 0, bytes.length); }

  private static void assertWrites(String expected, Consumer<BytesWriter> request) { assertWrites(0, expected, request); }

  private static void assertWrites(int version, String expected, Consumer<BytesWriter> request) {
    var out = new BytesWriter(64, version);
    request.accept(out);
    assertEquals(expected.replace(" ", ""), HexFormat.of().formatHex(out.toByteArray()));
  }

  @Test void subscriptionsAndAssignmentsAreTheStandardClients() throws Exception {
    assertArrayEquals(hex(SUBSCRIPTION), ConsumerProtocol.subscription(List.of("b", "a")));
    assertArrayEquals(hex(ASSIGNMENT), ConsumerProtocol.assignment(List.of(B0, A3, A1)));
    assertEquals(Set.of("a", "b"), ConsumerProtocol.topics(reader(SUBSCRIPTION)));
    assertEquals(Set.of("a", "b"), ConsumerProtocol.topics(reader("000100000002000161000162ffffffff000000010001610000000100000001")), "version 1, with what it had");
    assertEquals(Set.of("a", "b"), ConsumerProtocol.topics(reader("000300000002000161000162ffffffff0000000100016100000001000000010000000700047261636b")), "version 3, with a rack");
    assertEquals(List.of(A1, A3, B0), List.copyOf(ConsumerProtocol.partitions(reader(ASSIGNMENT))));
    assertEquals(Set.of(A1), ConsumerProtocol.partitions(reader("0003000000010001610000000100000001000000020102")), "with data of its leader's");
    assertEquals(Set.of(), ConsumerProtocol.partitions(reader("")));
    assertEquals("answer: assignment at byte 0 is of version -1, expected 0 or above",
        assertThrows(ProtocolException.class, () -> ConsumerProtocol.partitions(reader("ffff00000000"))).getMessage());
  }

  @Test void joins() throws Exception {
    String protocols = "0008636f6e73756d6572 00000002 000572616e6765 00000002 0102 000a726f756e64726f62696e 00000002 0102";
    List<Assignor> both = List.of(Assignor.RANGE, Assignor.ROUND_ROBIN);
    assertWrites(2, "000167 00001770 00002710 00016d" + protocols,
        out -> GroupMessages.join(out, WHO, Duration.ofSeconds(6), Duration.ofSeconds(10), both, new byte[] {1, 2}));
    assertWrites(5, "000167 00001770 00002710 00016d 000169" + protocols,
        out -> GroupMessages.join(out, WHO, Duration.ofSeconds(6), Duration.ofSeconds(10), both, new byte[] {1, 2}));
    var five = GroupMessages.joined(reader("00000000 0000 00000007 000572616e6765 00016d 00016d 00000002 00016d ffff 00000010" + SUBSCRIPTION
        + "00016e 000169 00000010" + SUBSCRIPTION, 5));
    assertEquals(ErrorCode.NONE, five.error());
    assertEquals(7, five.generation());
    assertEquals("range", five.protocol());
    assertTrue(five.leads());
    assertEquals("m", five.members().get(0).id());
    assertNull(five.members().get(0).instance());
    assertEquals("i", five.members().get(1).instance());
    assertEquals(Set.of("a", "b"), ConsumerProtocol.topics(five.members().get(1).subscription()));
    var two = GroupMessages.joined(reader("00000000 0000 00000007 000572616e6765 00016e 00016d 00000000", 2));
    assertFalse(two.leads());
    var required = GroupMessages.joined(reader("00000000 004f ffffffff ffff 0000 00016d 00000000", 5));
    assertEquals(ErrorCode.MEMBER_ID_REQUIRED, required.error());
    assertEquals("m", required.member());
    assertFalse(required.leads());
  }

  @Test void syncs() throws Exception {
    assertWrites(1, "000167 00000007 00016d 00000001 00016e 00000024" + ASSIGNMENT, out -> GroupMessages.sync(out, WHO, Map.of("n", List.of(A1, A3, B0))));
    assertWrites(3, "000167 00000007 00016d 000169 00000000", out -> GroupMessages.sync(out, WHO, Map.of()));
    var synced = GroupMessages.synced(reader("00000000 0000 00000024" + ASSIGNMENT));
    assertEquals(List.of(A1, A3, B0), List.copyOf(synced.partitions()));
    assertEquals(ErrorCode.REBALANCE_IN_PROGRESS, GroupMessages.synced(reader("00000000 001b 00000000")).error());
  }

  @Test void beatsAndLeaves() throws Exception {
    assertWrites(1, "000167 00000007 00016d", out -> GroupMessages.heartbeat(out, WHO));
    assertWrites(3, "000167 00000007 00016d 000169", out -> GroupMessages.heartbeat(out, WHO));
    assertWrites(3, "000167 00000007 00016d ffff", out -> GroupMessages.heartbeat(out, new Speaker("g", 7, "m", null)));
    assertEquals(ErrorCode.FENCED_INSTANCE_ID, GroupMessages.beaten(reader("00000000 0052")));
    assertWrites(1, "000167 00016d", out -> GroupMessages.leave(out, WHO));
    assertWrites(3, "000167 00000001 00016d 000169", out -> GroupMessages.leave(out, WHO));
  }

  @Test void commitsAndAsksForWhatWasCommitted() throws Exception {
    var marks = Map.of(A1, new Mark(5, "x"), B0, new Mark(6, ""));
    assertWrites(2, "000167 00000007 00016d ffffffffffffffff 00000002 000161 00000001 00000001 0000000000000005 000178 000162 00000001 00000000 0000000000000006 0000",
        out -> GroupMessages.commit(out, WHO, marks));
    assertWrites(5, "000167 00000007 00016d 00000001 000161 00000001 00000001 0000000000000005 000178", out -> GroupMessages.commit(out, WHO, Map.of(A1, new Mark(5, "x"))));
    assertWrites(7, "000167 00000007 00016d 000169 00000001 000161 00000001 00000001 0000000000000005 ffffffff 000178",
        out -> GroupMessages.commit(out, WHO, Map.of(A1, new Mark(5, "x"))));
    String answer = "00000001 000161 00000002 00000001 0000 00000003 0016";
    var expected = List.of(new GroupMessages.Committed(A1, ErrorCode.NONE), new GroupMessages.Committed(A3, ErrorCode.ILLEGAL_GENERATION));
    assertEquals(expected, GroupMessages.committed(reader(answer, 2)));
    assertEquals(expected, GroupMessages.committed(reader("00000000" + answer, 7)));
    assertWrites("000167 00000002 000161 00000002 00000001 00000003 000162 00000001 00000000", out -> GroupMessages.marks(out, "g", List.of(B0, A1, A3)));
    assertEquals(List.of(new GroupMessages.Marked(A1, new Mark(5, "x"), ErrorCode.NONE), new GroupMessages.Marked(A3, Mark.NONE, ErrorCode.NONE)),
        GroupMessages.marked(reader("00000001 000161 00000002 00000001 0000000000000005 000178 0000 00000003 ffffffffffffffff ffff 0000")));
  }

  @Test void asksForOffsetsAndRecords() throws Exception {
    assertWrites("ffffffff 00000001 000161 00000001 00000001 fffffffffffffffe", out -> GroupMessages.offsets(out, List.of(A1), -2));
    assertEquals(List.of(new GroupMessages.Marked(A1, new Mark(9, ""), ErrorCode.NONE)),
        GroupMessages.offsets(reader("00000001 000161 00000001 00000001 0000 ffffffffffffffff 0000000000000009")));
    assertWrites("ffffffff 000001f4 00000001 00400000 00 00000001 000161 00000001 00000001 0000000000000009 00100000",
        out -> FetchMessages.fetch(out, new FetchMessages.Limits(Duration.ofMillis(500), 1, 4 << 20, 1 << 20), Map.of(A1, 9L)));
    List<Fetched> fetched = FetchMessages.fetched(reader("00000000 00000001 000161 00000002 00000001 0000 000000000000000c 000000000000000c 00000001 "
        + "0000000000000001 0000000000000002 00000002 abcd 00000003 0001 ffffffffffffffff ffffffffffffffff ffffffff ffffffff"));
    assertEquals(A1, fetched.get(0).partition());
    assertEquals(12, fetched.get(0).end());
    assertArrayEquals(hex("abcd"), fetched.get(0).records().rest());
    assertEquals(ErrorCode.OFFSET_OUT_OF_RANGE, fetched.get(1).error());
    assertNull(fetched.get(1).records());
  }

  private interface Decoder {
    Object read(BytesReader in) throws ProtocolException;
  }

  private interface OfBytes {
    Object read(byte[] answer) throws ProtocolException;
  }

  private static final Map<String, OfBytes> ANSWERS = new LinkedHashMap<>();

  private static void answer(int version, String text, Decoder decoder) { ANSWERS.put(text, bytes -> decoder.read(reader(bytes, version))); }

  static {
    answer(5, "00000000 0000 00000007 000572616e6765 00016d 00016d 00000002 00016d ffff 00000010" + SUBSCRIPTION + "00016e 000169 00000010" + SUBSCRIPTION,
        GroupMessages::joined);
    answer(2, "00000000 0000 00000007 000572616e6765 00016d 00016d 00000001 00016d 00000010" + SUBSCRIPTION, GroupMessages::joined);
    answer(0, "00000000 0000 00000024" + ASSIGNMENT, GroupMessages::synced);
    answer(0, "00000000 0000", GroupMessages::beaten);
    answer(7, "00000000 00000001 000161 00000002 00000001 0000 00000003 0016", GroupMessages::committed);
    answer(0, "00000001 000161 00000002 00000001 0000000000000005 000178 0000 00000003 ffffffffffffffff ffff 0000", GroupMessages::marked);
    answer(0, "00000001 000161 00000001 00000001 0000 ffffffffffffffff 0000000000000009", GroupMessages::offsets);
    answer(0, "00000000 00000001 000161 00000001 00000001 0000 000000000000000c 000000000000000c 00000001 0000000000000001 0000000000000002 00000002 abcd",
        FetchMessages::fetched);
    answer(0, "000300000002000161000162ffffffff0000000100016100000001000000010000000700047261636b".substring(0, 32), ConsumerProtocol::topics);
    answer(0, ASSIGNMENT.substring(0, ASSIGNMENT.length() - 8), ConsumerProtocol::partitions);
  }

  @Test void anAnswerThatIsCutIsRefusedWhereverItIsCut() {
    ANSWERS.forEach((text, decoder) -> {
      byte[] whole = hex(text);
      assertDoesNotThrow(() -> decoder.read(whole), text);
      for (int cut = 1; cut < whole.length; cut++) {
        byte[] part = Arrays.copyOf(whole, cut);
        if (!text.startsWith("0003") || cut < 12) { // the end of a subscription is not looked at
          assertThrows(ProtocolException.class, () -> decoder.read(part), () -> text + " cut at " + part.length);
        }
      }
    });
  }

  @Test void anyBytesEndInAnAnswer() {
    var random = new Random(3);
    ANSWERS.forEach((text, decoder) -> {
      for (int round = 0; round < 20_000; round++) {
        byte[] bytes = hex(text);
        for (int i = 0; i <= random.nextInt(3); i++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        try {
          decoder.read(bytes);
        } catch (ProtocolException said) {
          assertNotNull(said.getMessage());
        }
      }
    });
  }
}

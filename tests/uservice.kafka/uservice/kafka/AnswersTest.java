package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import uservice.wire.Address.Host;

/// Answers as brokers send them, whole, cut and damaged.
final class AnswersTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] METADATA = HEX.parseHex("00000000" // throttle
      + "00000002" + "00000001" + "000161" + "00002384" + "ffff" + "00000002" + "000162" + "00002385" + "000472616b31" // two brokers, one with a rack
      + "000463696431" + "00000002" // cluster, controller
      + "00000002" + "0000" + "00046a6f6273" + "00" + "00000002" // two topics: jobs with two partitions, the second named first
      + "0000" + "00000001" + "00000002" + "00000001" + "00000002" + "00000001" + "00000002"
      + "0005" + "00000000" + "ffffffff" + "00000000" + "00000000"
      + "0003" + "00046e6f6e65" + "00" + "00000000"); // and one that is not there
  private static final byte[] PRODUCE = HEX.parseHex("00000001" + "00046a6f6273" + "00000002"
      + "00000000" + "0000" + "000000000000002a" + "ffffffffffffffff" + "0000000000000000"
      + "00000001" + "0006" + "ffffffffffffffff" + "ffffffffffffffff" + "ffffffffffffffff" + "00000000");
  private static final byte[] IDENTITY = HEX.parseHex("00000000" + "0000" + "00000000000003e8" + "0007");

  private interface Read {
    Object from(BytesReader in) throws ProtocolException;
  }

  private static Object whole(byte[] bytes, Read read) throws ProtocolException {
    var in = new BytesReader("Answer", bytes);
    Object value = read.from(in);
    in.end();
    return value;
  }

  @Test void readsMetadata() throws Exception {
    var metadata = (Metadata) whole(METADATA, Metadata::read);
    assertEquals(Map.of(1, new Host("a", 9092), 2, new Host("b", 9093)), metadata.nodes());
    assertEquals(2, metadata.controller());
    assertEquals(List.of(-1, 2), metadata.leaders().get("jobs"));
    assertEquals(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, metadata.errors().get("none"));
  }

  @Test void refusesMetadataThatCannotBe() {
    byte[] gap = METADATA.clone();
    int second = 67; // the number of the partition that is named first
    gap[second + 3] = 2;
    assertTrue(assertThrows(ProtocolException.class, () -> whole(gap, Metadata::read)).getMessage().endsWith("has partition 2 in place of 1"));
    byte[] port = METADATA.clone();
    port[4 + 4 + 4 + 3 + 1] = 1;
    assertTrue(assertThrows(ProtocolException.class, () -> whole(port, Metadata::read)).getMessage().contains("is at 'a:74628'"));
  }

  private static Map<TopicPartition, Batch> batches(TopicPartition... partitions) {
    var batches = new HashMap<TopicPartition, Batch>();
    for (TopicPartition each : partitions) {
      batches.put(each, new Batch(new Lane(each, "here", List.of()), false, 0));
    }
    return batches;
  }

  private static Object outcomes(BytesReader in) throws ProtocolException {
    return Batch.answer(in, batches(new TopicPartition("jobs", 0), new TopicPartition("jobs", 1)));
  }

  private static Object identity(BytesReader in) throws ProtocolException {
    try {
      return LongStream.of(Producer.identity(in, "an id")).boxed().toList();
    } catch (KafkaException no) {
      return no.code();
    }
  }

  @Test void readsOutcomes() throws Exception {
    var batches = batches(new TopicPartition("jobs", 0), new TopicPartition("jobs", 1));
    assertSame(batches, whole(PRODUCE, in -> Batch.answer(in, batches)));
    Batch first = batches.get(new TopicPartition("jobs", 0));
    Batch second = batches.get(new TopicPartition("jobs", 1));
    assertEquals(List.of(ErrorCode.NONE, 42L, ErrorCode.NOT_LEADER_OR_FOLLOWER, -1L), List.of(first.code, first.offset, second.code, second.offset));
    var more = batches(new TopicPartition("jobs", 0), new TopicPartition("jobs", 2));
    assertTrue(assertThrows(ProtocolException.class, () -> whole(PRODUCE, in -> Batch.answer(in, more))).getMessage().endsWith("lacks partition 2 of topic 'jobs'"));
    assertEquals(List.of(1000L, 7L), whole(IDENTITY, AnswersTest::identity));
    byte[] refused = IDENTITY.clone();
    refused[5] = 31;
    assertEquals(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, whole(refused, AnswersTest::identity));
    byte[] negative = IDENTITY.clone();
    negative[6] = -1;
    assertThrows(ProtocolException.class, () -> whole(negative, AnswersTest::identity));
  }

  @Test void writesRequests() {
    var batches = batches(new TopicPartition("b", 1), new TopicPartition("a", 0), new TopicPartition("b", 0));
    var written = new HashMap<TopicPartition, String>();
    batches.forEach((where, batch) -> {
      batch.add(Message.of(where.topic(), null, where.toString()).at(Instant.ofEpochMilli(5)), new CompletableFuture<>());
      var out = new BytesWriter();
      batch.write(out);
      assertEquals(out.size() - 4, ByteBuffer.wrap(out.array()).getInt());
      written.put(where, HEX.formatHex(out.toByteArray()));
    });
    var out = new BytesWriter();
    Batch.request(batches, Duration.ofMillis(1500)).accept(out);
    assertEquals("ffff" + "ffff" + "000005dc" + "00000002" + "000161" + "00000001" + "00000000" + written.get(new TopicPartition("a", 0))
        + "000162" + "00000002" + "00000000" + written.get(new TopicPartition("b", 0)) + "00000001" + written.get(new TopicPartition("b", 1)),
        HEX.formatHex(out.toByteArray()));
    var identity = new BytesWriter();
    Producer.identityRequest(identity);
    assertEquals("ffff" + "7fffffff", HEX.formatHex(identity.toByteArray()));
  }

  @Test void refusesOrReadsWhateverComes() {
    var random = new Random(11);
    Map<byte[], Read> answers = Map.of(METADATA, Metadata::read, PRODUCE, AnswersTest::outcomes, IDENTITY, AnswersTest::identity);
    int refused = 0;
    int read = 0;
    for (var each : answers.entrySet()) {
      byte[] seed = each.getKey();
      for (int length = 0; length < seed.length; length++) {
        byte[] cut = Arrays.copyOf(seed, length);
        assertThrows(ProtocolException.class, () -> whole(cut, each.getValue()));
      }
      for (int i = 0; i < 30_000; i++) {
        byte[] mutant = seed.clone();
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
          mutant[random.nextInt(mutant.length)] = (byte) (random.nextBoolean() ? random.nextInt(4) : random.nextInt());
        }
        try {
          whole(mutant, each.getValue());
          read++;
        } catch (ProtocolException damaged) {
          refused++;
        }
      }
    }
    assertTrue(refused > 10_000 && read > 10_000, refused + " refused, " + read + " read");
  }
}

package uservice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The bytes are those that Kafka's own client library 4.1.0 writes for the same records.
@Timeout(60)
class RecordBatchTest {
  private static final String RECORDS = "2c000000066b65791a68656c6c6f2c20776f726c6421000e00f601020100002e000104046b3201040469640a6a6f622d31086e6f6e6501";
  private static final String PLAIN = "000000000000000000000068ffffffff029f659db90000000000020000018bcfe568000000018bcfe5687bffffffffffffffffffffffffffff00000003" + RECORDS;
  private static final String IDEMPOTENT = "000000000000002a00000068000000030258baec5c0000000000020000018bcfe568000000018bcfe5687b0000000000000fa000070000000f00000003" + RECORDS;
  private static final String GZIP = "00000000000000640000007affffffff02eedfdba40001000000020000018bcfe568000000018bcfe5687bffffffffffffffffffffffffffff00000003"
      + "1f8b08000000000000ffd361606060cb4ead94ca48cdc9c9d75128cf2fca495164e063f8c6c8c4c8c0a0c7c0c8c2926d04243253b8b2f293740d39f2f2f35219011a014a3337000000";
  private static final String CONTROL = "00000000000000070000004200000003028c2d70380030000000000000018bcfe568000000018bcfe568000000000000000fa00007ffffffff"
      + "000000012000000008000000010c00000000000900";
  private static final String BROKERS_CLOCK = "00000000000000050000003affffffff02152a64c500080000000000000000000000010000018bcfe58f0f"
      + "ffffffffffffffffffffffffffff00000001100000000261026200";
  private static final String FORMAT_1 = "000000000000000500000018744499750100000000000000000100000001610000000162";

  private static byte[] hex(String text) { return HexFormat.of().parseHex(text); }

  private static BytesReader reader(byte[] bytes) { return new BytesReader("records", bytes); }

  private static RecordBatch batch(byte[] bytes) throws ProtocolException { return RecordBatch.read(reader(bytes)); }

  private static List<Received> records(RecordBatch batch, long from) throws ProtocolException {
    var records = new ArrayList<Received>();
    batch.forEach("t", 3, from, records::add);
    return records;
  }

  private static List<Received> all(byte[] bytes) throws ProtocolException {
    var records = new ArrayList<Received>();
    BytesReader in = reader(bytes);
    for (RecordBatch batch = RecordBatch.read(in); batch != null; batch = RecordBatch.read(in)) {
      batch.forEach("t", 3, 0, records::add);
    }
    return records;
  }

  private static byte[] bytes(String text) { return text.getBytes(UTF_8); }

  private static RecordBatchWriter writer(boolean gzip) {
    var writer = new RecordBatchWriter(gzip);
    writer.add(1_700_000_000_000L, bytes("key"), bytes("hello, world!"), List.of());
    writer.add(1_700_000_000_123L, null, bytes(""), List.of());
    writer.add(1_699_999_999_999L, bytes("k2"), null, List.of(Header.of("id", "job-1"), new Header("none", null)));
    return writer;
  }

  /// A batch with another byte in it, or more, and a checksum that is right all the same.
  private static byte[] signed(byte[] batch) {
    var buffer = ByteBuffer.wrap(batch.clone());
    buffer.putInt(8, batch.length - RecordBatch.LENGTH_END);
    var crc = new CRC32C();
    crc.update(buffer.array(), RecordBatch.CRC_END, batch.length - RecordBatch.CRC_END);
    return buffer.putInt(17, (int) crc.getValue()).array();
  }

  private static byte[] with(String batch, int at, String changed) {
    byte[] bytes = hex(batch);
    byte[] in = hex(changed);
    System.arraycopy(in, 0, bytes, at, in.length);
    return signed(bytes);
  }

  private static void assertThree(List<Received> records, long base) {
    assertEquals(List.of(base, base + 1, base + 2), records.stream().map(Received::offset).toList());
    assertEquals(List.of(1_700_000_000_000L, 1_700_000_000_123L, 1_699_999_999_999L), records.stream().map(Received::timestamp).toList());
    assertEquals("t-3@" + base, records.getFirst().toString());
    assertArrayEquals(bytes("key"), records.get(0).key());
    assertArrayEquals(bytes("hello, world!"), records.get(0).value());
    assertEquals(List.of(), records.get(0).headers());
    assertNull(records.get(1).key());
    assertArrayEquals(new byte[0], records.get(1).value());
    assertNull(records.get(2).value());
    assertEquals(List.of("id", "none"), records.get(2).headers().stream().map(Header::name).toList());
    assertEquals("job-1", records.get(2).headers().getFirst().text());
    assertNull(records.get(2).headers().getLast().value());
    assertEquals(Optional.empty(), records.get(2).header("none"));
    assertArrayEquals(bytes("job-1"), records.get(2).header("id").orElseThrow());
  }

  @Test void writesWhatTheStandardClientWrites() {
    assertEquals(PLAIN, HexFormat.of().formatHex(writer(false).finish(-1, -1, -1)));
    RecordBatchWriter again = writer(false);
    again.finish(-1, -1, -1);
    assertEquals(IDEMPOTENT.substring(42 + 4), HexFormat.of().formatHex(again.finish(4000, 7, 15)).substring(42 + 4), "the records stay, the producer is another");
    assertEquals(3, again.count());
    assertEquals(hex(PLAIN).length, again.bytes());
  }

  @Test void readsWhatTheStandardClientWrites() throws Exception {
    assertThree(records(batch(hex(PLAIN)), 0), 0);
    assertThree(records(batch(hex(GZIP)), 0), 100);
    RecordBatch twice = batch(hex(PLAIN));
    records(twice, 0);
    assertThree(records(twice, 0), 0);
    RecordBatch idempotent = batch(hex(IDEMPOTENT));
    assertThree(records(idempotent, 42), 42);
    assertEquals(45, idempotent.nextOffset());
    assertEquals(1_700_000_000_123L, idempotent.maxTimestamp());
  }

  @Test void readsWhatItWrites() throws Exception {
    for (boolean gzip : new boolean[] {false, true}) {
      byte[] written = writer(gzip).finish(-1, -1, -1);
      assertEquals(gzip ? 1 : 0, written[22]);
      assertThree(records(batch(written), 0), 0);
    }
    var random = new Random(7);
    for (int round = 0; round < 200; round++) {
      var writer = new RecordBatchWriter(round % 2 == 0);
      var sent = new ArrayList<Received>();
      for (int i = 0; i <= random.nextInt(40); i++) {
        byte[] key = random.nextInt(3) == 0 ? null : new byte[random.nextInt(200)];
        byte[] value = random.nextInt(5) == 0 ? null : new byte[random.nextInt(20_000)];
        if (value != null) {
          random.nextBytes(value);
        }
        List<Header> headers = IntStream.range(0, random.nextInt(4)).mapToObj(n -> new Header("ü" + n, n == 2 ? null : new byte[n * 70])).toList();
        sent.add(new Received("t", 3, i, random.nextLong(1L << 60), key, value, headers));
        int before = writer.bytes();
        writer.add(sent.getLast().timestamp(), key, value, headers);
        assertTrue(writer.bytes() - before <= Batch.charge(new Message("any", -1, key, value, headers, 0)) - 96, "no record is larger than was said");
      }
      List<Received> got = records(batch(writer.finish(-1, -1, -1)), 0);
      assertEquals(sent.size(), got.size());
      for (int i = 0; i < got.size(); i++) {
        assertEquals(sent.get(i).timestamp(), got.get(i).timestamp());
        assertArrayEquals(sent.get(i).key(), got.get(i).key());
        assertArrayEquals(sent.get(i).value(), got.get(i).value());
        assertEquals(sent.get(i).headers().size(), got.get(i).headers().size());
        for (int h = 0; h < got.get(i).headers().size(); h++) {
          assertEquals(sent.get(i).headers().get(h).name(), got.get(i).headers().get(h).name());
          assertArrayEquals(sent.get(i).headers().get(h).value(), got.get(i).headers().get(h).value());
        }
      }
    }
  }

  @Test void skipsWhatIsBeforeTheOffsetAskedFor() throws Exception {
    assertEquals(List.of(44L), records(batch(hex(IDEMPOTENT)), 44).stream().map(Received::offset).toList());
    assertEquals(List.of(), records(batch(hex(IDEMPOTENT)), 45));
    assertEquals(List.of(102L), records(batch(hex(GZIP)), 102).stream().map(Received::offset).toList());
  }

  @Test void controlBatchesHaveNoRecordsButAPlace() throws Exception {
    RecordBatch control = batch(hex(CONTROL));
    assertEquals(List.of(), records(control, 0));
    assertEquals(8, control.nextOffset());
  }

  @Test void theBrokersClockIsTheBatchs() throws Exception {
    assertEquals(1_700_000_009_999L, records(batch(hex(BROKERS_CLOCK)), 0).getFirst().timestamp());
  }

  @Test void aCutLastBatchIsNotThereYet() throws Exception {
    byte[] two = hex(PLAIN + IDEMPOTENT);
    int first = hex(PLAIN).length;
    for (int cut = 0; cut <= two.length; cut++) {
      int whole = cut < first ? 0 : cut < two.length ? 3 : 6;
      assertEquals(whole, all(Arrays.copyOf(two, cut)).size(), "cut at " + cut);
    }
  }

  @Test void aDamagedByteIsNoticedWhereverItIs() throws Exception {
    byte[] good = hex(IDEMPOTENT);
    for (int at = RecordBatch.LENGTH_END; at < good.length; at++) {
      if (at >= 12 && at < 16) {
        continue; // the leader's epoch, which brokers write after the checksum was made
      }
      byte[] bad = good.clone();
      bad[at] ^= 1;
      int where = at;
      assertThrows(ProtocolException.class, () -> batch(bad), () -> "byte " + where);
    }
  }

  private static void assertRefused(byte[] bytes, String... parts) {
    String message = assertThrows(ProtocolException.class, () -> all(bytes)).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test void whatCannotBeIsRefusedByName() {
    assertRefused(hex(FORMAT_1), "message format 1", "expected 2");
    assertRefused(with(PLAIN, 21, "0002"), "snappy", "none and gzip", "t-3");
    assertRefused(with(PLAIN, 21, "0003"), "lz4");
    assertRefused(with(PLAIN, 21, "0004"), "zstd");
    assertRefused(with(PLAIN, 21, "0007"), "codec 7");
    assertRefused(with(PLAIN, 21, "0001"), "no gzip");
    assertRefused(with(PLAIN, 23, "ffffffff"), "last offset delta -1");
    assertRefused(with(PLAIN, 0, "7fffffffffffffff"), "which cannot be");
    assertRefused(with(PLAIN, 57, "ffffffff"), "-1 records");
    assertRefused(with(PLAIN, 57, "7fffffff"), "cannot hold 2147483647 records");
    assertRefused(with(PLAIN, 57, "00000002"), "bytes too many");
    assertRefused(with(PLAIN, 57, "00000004"), "cut off");
    assertRefused(with(PLAIN, 23, "00000001"), "offset delta 2, expected 0 to 1");
    assertRefused(hex("0000000000000000ffffffff"), "length -1");
    assertRefused(hex("00000000000000007fffffff"), "length 2147483647");
    assertRefused(hex("000000000000000000000004" + "00000000"), "length 4");
  }

  @Test void aBatchThatInflatesWithoutEndIsRefused() {
    var writer = new RecordBatchWriter(true);
    var large = new byte[1 << 20];
    for (int i = 0; i < 17; i++) {
      writer.add(0, null, large, List.of());
    }
    byte[] bomb = writer.finish(-1, -1, -1);
    assertTrue(bomb.length < 100_000, "small on the wire: " + bomb.length);
    assertRefused(bomb, "inflates to over 16777216 bytes");
  }

  /// Whatever comes is either a batch or a [ProtocolException], and takes no more memory than it has bytes.
  @Test void anyBytesEndInAnAnswer() {
    var random = new Random(11);
    var good = List.of(hex(PLAIN), hex(GZIP), hex(IDEMPOTENT), hex(CONTROL), hex(BROKERS_CLOCK), hex(FORMAT_1));
    int read = 0;
    for (int round = 0; round < 60_000; round++) {
      byte[] bytes = good.get(round % good.size()).clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      if (round % 7 == 0) {
        random.nextBytes(bytes);
      }
      try {
        all(round % 3 == 0 ? bytes : signed(bytes));
        read++;
      } catch (ProtocolException said) {
        assertNotNull(said.getMessage());
      }
    }
    assertTrue(read > 100, "some are still batches: " + read);
  }
}

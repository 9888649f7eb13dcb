package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

final class BytesTest {
  private static final HexFormat HEX = HexFormat.of();

  private static BytesReader reader(String hex) { return new BytesReader("Metadata v4", HEX.parseHex(hex.replace(" ", ""))); }

  private static String hex(Consumer<BytesWriter> write) {
    var out = new BytesWriter(1);
    write.accept(out);
    return HEX.formatHex(out.toByteArray());
  }

  private interface Read {
    void from(BytesReader in) throws ProtocolException;
  }

  private static void refused(String message, String hex, Read read) {
    assertEquals("Metadata v4: " + message, assertThrows(ProtocolException.class, () -> read.from(reader(hex))).getMessage());
  }

  @Test void writesNumbersBigEndian() {
    assertEquals("ff" + "fffe" + "12345678" + "8000000000000001" + "01" + "00",
        hex(out -> out.int8(-1).int16(-2).int32(0x12345678).int64(Long.MIN_VALUE + 1).bool(true).bool(false)));
  }

  @Test void readsNumbersBigEndian() throws ProtocolException {
    BytesReader in = reader("ff fffe 12345678 8000000000000001 01 00 8001");
    assertEquals(-1, in.int8());
    assertEquals(-2, in.int16());
    assertEquals(0x12345678, in.int32());
    assertEquals(Long.MIN_VALUE + 1, in.int64());
    assertTrue(in.bool());
    assertEquals(false, in.bool());
    assertEquals(-32767, in.int16());
    in.end();
  }

  @Test void zigZagsAsTheProtocolDoes() throws ProtocolException {
    var known = new LinkedHashMap<Integer, String>();
    known.put(0, "00");
    known.put(-1, "01");
    known.put(1, "02");
    known.put(63, "7e");
    known.put(-64, "7f");
    known.put(64, "8001");
    known.put(-65, "8101");
    known.put(8192, "808001");
    known.put(Integer.MAX_VALUE, "feffffff0f");
    known.put(Integer.MIN_VALUE, "ffffffff0f");
    for (var each : known.entrySet()) {
      assertEquals(each.getValue(), hex(out -> out.varint(each.getKey())));
      assertEquals(each.getKey(), reader(each.getValue()).varint());
      assertEquals(each.getValue(), hex(out -> out.varlong(each.getKey())));
      assertEquals(each.getKey().longValue(), reader(each.getValue()).varlong());
    }
    assertEquals("feffffffffffffffff01", hex(out -> out.varlong(Long.MAX_VALUE)));
    assertEquals(Long.MAX_VALUE, reader("feffffffffffffffff01").varlong());
    assertEquals("ffffffffffffffffff01", hex(out -> out.varlong(Long.MIN_VALUE)));
    assertEquals(Long.MIN_VALUE, reader("ffffffffffffffffff01").varlong());
  }

  @Test void refusesVarintsThatAreTooLarge() {
    refused("varint at byte 0 is larger than 32 bits", "ffffffff1f", BytesReader::varint);
    refused("varint at byte 0 has over 5 bytes", "ffffffffff01", BytesReader::varint);
    refused("varlong at byte 0 is larger than 64 bits", "ffffffffffffffffff03", BytesReader::varlong);
    refused("varlong at byte 0 has over 10 bytes", "ffffffffffffffffff8101", BytesReader::varlong);
    refused("varint at byte 0 is cut off", "8080", BytesReader::varint);
  }

  @Test void writesAndReadsTextAndBytes() throws ProtocolException {
    String hex = hex(out -> out.string("grün").string(null).string("").bytes(new byte[] {1, 2}).bytes(null));
    assertEquals("0005" + "6772c3bc6e" + "ffff" + "0000" + "00000002" + "0102" + "ffffffff", hex);
    BytesReader in = reader(hex);
    assertEquals("grün", in.string());
    assertNull(in.nullableString());
    assertEquals("", in.nullableString());
    BytesReader part = in.bytes();
    assertArrayEquals(new byte[] {1, 2}, part.rest());
    assertEquals(0, part.remaining());
    assertNull(in.nullableBytes());
    in.end();
  }

  @Test void refusesLengthsBeyondWhatIsThere() {
    refused("string at byte 0 has length 3, expected 0 to 2", "0003 6161", BytesReader::string);
    refused("string at byte 0 has length -2, expected 0 to 2", "fffe 6161", BytesReader::string);
    refused("string at byte 0 is null", "ffff", BytesReader::string);
    refused("bytes at byte 0 has length 2147483647, expected 0 to 1", "7fffffff 61", BytesReader::bytes);
    refused("bytes at byte 0 is null", "ffffffff", BytesReader::bytes);
    refused("bytes at byte 0 has length -2, expected 0 to 0", "fffffffe", BytesReader::nullableBytes);
    refused("part at byte 0 has length 2, expected 0 to 1", "61", in -> in.part(2));
    refused("part at byte 0 has length -1, expected 0 to 1", "61", in -> in.part(-1));
    refused("1 bytes too many, from byte 1 on", "6161", in -> {
      in.int8();
      in.end();
    });
  }

  @Test void boundsListsByTheBytesThatAreLeft() throws ProtocolException {
    String hex = hex(out -> out.list(List.of(7, 8), BytesWriter::int32));
    assertEquals("00000002" + "00000007" + "00000008", hex);
    assertEquals(List.of(7, 8), reader(hex).list(4, BytesReader::int32));
    assertEquals(List.of(), reader("ffffffff").list(4, BytesReader::int32));
    refused("list at byte 0 has 2147483647 elements, expected 0 to 2", "7fffffff 0000000000000000", in -> in.list(4, BytesReader::int32));
    refused("list at byte 0 has -2 elements, expected 0 to 0", "fffffffe", in -> in.list(4, BytesReader::int32));
  }

  @Test void staysWithinItsPart() throws ProtocolException {
    BytesReader part = reader("00000002 6162 63646566").bytes();
    assertEquals(4, part.at());
    assertEquals("Metadata v4: int32 at byte 4 is cut off, 2 bytes are left", assertThrows(ProtocolException.class, part::int32).getMessage());
    assertEquals(2, part.remaining());
  }

  @Test void boundsARequest() {
    var out = new BytesWriter(1);
    out.put(new byte[BytesWriter.BYTES_MAX - 1]);
    assertThrows(IllegalArgumentException.class, () -> out.int32(0));
    assertEquals(BytesWriter.BYTES_MAX - 1, out.size());
    assertThrows(IllegalArgumentException.class, () -> new BytesWriter().string("x".repeat(32_768)));
  }

  @Test void writesOverWhatIsKnownAfterwards() {
    assertEquals("ff" + "0000002a" + "fe", hex(out -> out.int8(-1).int32(0).int8(-2).setInt32(1, 42)));
  }

  @Test void refusesAnyBytesOrReadsThemButNeverElse() {
    var random = new Random(7);
    List<Read> reads = List.of(BytesReader::string, BytesReader::nullableString, BytesReader::nullableBytes, BytesReader::varint, BytesReader::varlong,
        BytesReader::int64, in -> in.list(1, BytesReader::nullableString), in -> in.list(6, each -> each.list(2, BytesReader::int16)), in -> in.part(random.nextInt(9) - 2));
    for (int i = 0; i < 50_000; i++) {
      var bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] &= (byte) (random.nextInt(4) == 0 ? 0xff : 0x07); // lengths that are plausible, too
      }
      var in = new BytesReader("x", bytes);
      try {
        while (in.remaining() > 0) {
          int before = in.at();
          reads.get(random.nextInt(reads.size() - 1)).from(in);
          assertTrue(in.at() > before && in.at() <= bytes.length);
        }
        reads.getLast().from(in);
      } catch (ProtocolException refused) {
        assertTrue(refused.getMessage().startsWith("x: "), refused.getMessage());
      }
    }
  }
}

package uservice.grpc;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;

/// RFC 7541: its own examples, then what a peer could send instead.
class HpackDecoderTest {
  private final HpackDecoder decoder = new HpackDecoder(16 * 1024);

  private void decodes(String hex, String fields) throws Violation {
    assertEquals(fields, text(decoder.decode(Hex.bytes(hex))));
  }

  private static String text(List<HeaderField> fields) {
    return fields.stream().map(field -> field.name() + ": " + field.value()).collect(Collectors.joining("\n"));
  }

  private void holds(int size, String newestFirst) {
    assertEquals(newestFirst, text(decoder.table().dynamic()));
    assertEquals(size, decoder.table().size());
  }

  private void refuses(ErrorCode code, String message, String hex) {
    var refused = assertThrows(Violation.class, () -> decoder.decode(Hex.bytes(hex)));
    assertEquals(code + ": " + message, refused.code() + ": " + refused.getMessage());
  }

  private void refuses(String message, String hex) {
    refuses(ErrorCode.COMPRESSION_ERROR, message, hex);
  }

  // ---- appendix C ----

  @Test void c21LiteralWithIndexing() throws Exception {
    decodes("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572", "custom-key: custom-header");
    holds(55, "custom-key: custom-header");
  }

  @Test void c22LiteralWithoutIndexing() throws Exception {
    decodes("040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path");
    holds(0, "");
  }

  @Test void c23LiteralNeverIndexed() throws Exception {
    decodes("1008 7061 7373 776f 7264 0673 6563 7265 74", "password: secret");
    holds(0, "");
  }

  @Test void c24Indexed() throws Exception {
    decodes("82", ":method: GET");
    holds(0, "");
  }

  private static final String REQUEST_1 = """
      :method: GET
      :scheme: http
      :path: /
      :authority: www.example.com""";
  private static final String REQUEST_2 = """
      :method: GET
      :scheme: http
      :path: /
      :authority: www.example.com
      cache-control: no-cache""";
  private static final String REQUEST_3 = """
      :method: GET
      :scheme: https
      :path: /index.html
      :authority: www.example.com
      custom-key: custom-value""";

  @Test void c3RequestsWithoutHuffman() throws Exception {
    decodes("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", REQUEST_1);
    holds(57, ":authority: www.example.com");
    decodes("8286 84be 5808 6e6f 2d63 6163 6865", REQUEST_2);
    holds(110, "cache-control: no-cache\n:authority: www.example.com");
    decodes("8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65", REQUEST_3);
    holds(164, "custom-key: custom-value\ncache-control: no-cache\n:authority: www.example.com");
  }

  @Test void c4RequestsWithHuffman() throws Exception {
    decodes("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", REQUEST_1);
    holds(57, ":authority: www.example.com");
    decodes("8286 84be 5886 a8eb 1064 9cbf", REQUEST_2);
    holds(110, "cache-control: no-cache\n:authority: www.example.com");
    decodes("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf", REQUEST_3);
    holds(164, "custom-key: custom-value\ncache-control: no-cache\n:authority: www.example.com");
  }

  private static final String RESPONSE_1 = """
      :status: 302
      cache-control: private
      date: Mon, 21 Oct 2013 20:13:21 GMT
      location: https://www.example.com""";
  private static final String RESPONSE_2 = RESPONSE_1.replace("302", "307");
  private static final String RESPONSE_3 = """
      :status: 200
      cache-control: private
      date: Mon, 21 Oct 2013 20:13:22 GMT
      location: https://www.example.com
      content-encoding: gzip
      set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1""";

  private void holdsAfterFirstResponse() {
    holds(222, """
        location: https://www.example.com
        date: Mon, 21 Oct 2013 20:13:21 GMT
        cache-control: private
        :status: 302""");
  }

  private void holdsAfterSecondResponse() {
    holds(222, """
        :status: 307
        location: https://www.example.com
        date: Mon, 21 Oct 2013 20:13:21 GMT
        cache-control: private""");
  }

  private void holdsAfterThirdResponse() {
    holds(215, """
        set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1
        content-encoding: gzip
        date: Mon, 21 Oct 2013 20:13:22 GMT""");
  }

  @Test void c5ResponsesWithoutHuffmanEvict() throws Exception {
    decoder.table().resize(256);
    decodes("""
        4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133
        2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70
        6c65 2e63 6f6d""", RESPONSE_1);
    holdsAfterFirstResponse();
    decodes("4803 3330 37c1 c0bf", RESPONSE_2);
    holdsAfterSecondResponse();
    decodes("""
        88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d
        54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049
        5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e
        3d31""", RESPONSE_3);
    holdsAfterThirdResponse();
  }

  @Test void c6ResponsesWithHuffmanEvict() throws Exception {
    decoder.table().resize(256);
    decodes("""
        4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6
        2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3""", RESPONSE_1);
    holdsAfterFirstResponse();
    decodes("4883 640e ffc1 c0bf", RESPONSE_2);
    holdsAfterSecondResponse();
    decodes("""
        88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab
        77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f
        9587 3160 65c0 03ed 4ee5 b106 3d50 07""", RESPONSE_3);
    holdsAfterThirdResponse();
  }

  // ---- tables ----

  /// Some of appendix A: where the names and values change their kind, and the ends.
  @Test void staticTableIsAsTheAppendixHasIt() throws Exception {
    Map<Integer, String> fields = new TreeMap<>(Map.ofEntries(Map.entry(1, ":authority: "), Map.entry(2, ":method: GET"), Map.entry(5, ":path: /index.html"),
        Map.entry(7, ":scheme: https"), Map.entry(8, ":status: 200"), Map.entry(14, ":status: 500"), Map.entry(15, "accept-charset: "),
        Map.entry(16, "accept-encoding: gzip, deflate"), Map.entry(17, "accept-language: "), Map.entry(26, "content-encoding: "), Map.entry(31, "content-type: "),
        Map.entry(32, "cookie: "), Map.entry(40, "if-modified-since: "), Map.entry(46, "location: "), Map.entry(50, "range: "), Map.entry(54, "server: "),
        Map.entry(58, "user-agent: "), Map.entry(60, "via: "), Map.entry(61, "www-authenticate: ")));
    for (var field : fields.entrySet()) {
      decodes("%02x".formatted(0x80 | field.getKey()), field.getValue());
    }
  }

  @Test void sizeUpdatesComeBeforeTheFirstFieldAndEvict() throws Exception {
    decodes("400161 0162", "a: b");
    holds(34, "a: b");
    decodes("20 3fe11f 82", ":method: GET"); // to 0, then back to 4096
    holds(0, "");
    decodes("400161 0162", "a: b");
    holds(34, "a: b");
    refuses("the size of the dynamic table changes after a field; before the first one only", "82 20");
  }

  @Test void sizeBeyondTheDefaultIsRefused() throws Exception {
    decodes("3fe11f", ""); // 4096
    refuses("a dynamic table of 4097 bytes, at most 4096 were allowed", "3fe21f");
  }

  @Test void fieldLargerThanTheTableEmptiesIt() throws Exception {
    decoder.table().resize(40);
    decodes("400161 0162", "a: b");
    holds(34, "a: b");
    decodes("4001610a" + "62".repeat(10), "a: bbbbbbbbbb");
    holds(0, "");
  }

  @Test void nameOfAnEntryThatIsEvictedForItIsStillGood() throws Exception {
    decoder.table().resize(34);
    decodes("400161 0162", "a: b");
    decodes("7e 0163", "a: c"); // name by index 62, value c
    holds(34, "a: c");
  }

  @Test void indexesOutsideTheTablesAreRefused() throws Exception {
    refuses("index 0 of a header field, from 1 to 61 here", "80");
    refuses("index 62 of a header field, from 1 to 61 here", "be");
    refuses("index 62 of a header field, from 1 to 61 here", "7e 0163");
    decodes("400161 0162", "a: b");
    decodes("be", "a: b");
    refuses("index 63 of a header field, from 1 to 62 here", "bf");
  }

  // ---- integers and strings ----

  @Test void integersMayBeAsLongAsTheyNeed() throws Exception {
    assertEquals(1337, decoder.decode(Hex.bytes("00 0161 7fba09" + "62".repeat(1337))).getFirst().value().length()); // C.1.2, with 7 bits
    assertEquals(127, decoder.decode(Hex.bytes("00 0161 7f00" + "62".repeat(127))).getFirst().value().length());
    assertEquals(127, decoder.decode(Hex.bytes("00 0161 7f80808000" + "62".repeat(127))).getFirst().value().length());
  }

  @Test void integersBeyondAllMeasureAreRefused() {
    refuses("an integer of more than 5 bytes", "ff 8080808000");
    refuses("an integer of more than 5 bytes", "3f ffffffff0f");
    refuses("index 268435582 of a header field, from 1 to 61 here", "ff ffffff7f");
  }

  @Test void cutBlocksAreRefusedWhereverTheyAreCut() throws Exception {
    byte[] whole = Hex.bytes("400a 6375 7374 6f6d 2d6b 6579 8925 a849 e95b b8e8 b4bf");
    assertEquals("custom-key: custom-value", text(decoder.decode(whole)));
    for (int cut = 1; cut < whole.length; cut++) {
      refuses("the header block ends in the middle of a field, after " + cut + " bytes", Hex.text(Arrays.copyOf(whole, cut)));
    }
  }

  @Test void listBeyondWhatWasAnnouncedIsRefused() {
    // 1 + 4000 + 32 bytes, into the table; each index brings them again
    String field = "4001617fa11e" + "62".repeat(4000);
    refuses(ErrorCode.ENHANCE_YOUR_CALM, "header fields of 20165 bytes, at most 16384 were announced", field + "be".repeat(4));
  }

  // ---- Huffman ----

  @Test void huffmanPaddingIsTheBeginOfEos() throws Exception {
    decodes("00 0161 81 1f", "a: a"); // 00011 111
    refuses("a huffman-coded string ends in 3 bits of padding that are not the begin of the end-of-string code", "00 0161 81 18");
    refuses("a huffman-coded string ends in 11 bits of padding that are not the begin of the end-of-string code", "00 0161 82 1fff");
    refuses("a huffman-coded string ends in 8 bits of padding that are not the begin of the end-of-string code", "00 0161 81 ff");
    decodes("00 0161 80", "a: ");
  }

  @Test void endOfStringInsideAStringIsRefused() {
    refuses("a huffman-coded string has the end-of-string code in it", "00 0161 84 ffffffff");
  }

  /// The codes of RFC 7541, appendix B, for the octets 0 to 255: the code in hex, and its length in bits.
  private static final String CODES = """
      1ff8/13 7fffd8/23 fffffe2/28 fffffe3/28 fffffe4/28 fffffe5/28 fffffe6/28 fffffe7/28 fffffe8/28 ffffea/24 3ffffffc/30 fffffe9/28
      fffffea/28 3ffffffd/30 fffffeb/28 fffffec/28 fffffed/28 fffffee/28 fffffef/28 ffffff0/28 ffffff1/28 ffffff2/28 3ffffffe/30 ffffff3/28
      ffffff4/28 ffffff5/28 ffffff6/28 ffffff7/28 ffffff8/28 ffffff9/28 ffffffa/28 ffffffb/28 14/6 3f8/10 3f9/10 ffa/12
      1ff9/13 15/6 f8/8 7fa/11 3fa/10 3fb/10 f9/8 7fb/11 fa/8 16/6 17/6 18/6
      0/5 1/5 2/5 19/6 1a/6 1b/6 1c/6 1d/6 1e/6 1f/6 5c/7 fb/8
      7ffc/15 20/6 ffb/12 3fc/10 1ffa/13 21/6 5d/7 5e/7 5f/7 60/7 61/7 62/7
      63/7 64/7 65/7 66/7 67/7 68/7 69/7 6a/7 6b/7 6c/7 6d/7 6e/7
      6f/7 70/7 71/7 72/7 fc/8 73/7 fd/8 1ffb/13 7fff0/19 1ffc/13 3ffc/14 22/6
      7ffd/15 3/5 23/6 4/5 24/6 5/5 25/6 26/6 27/6 6/5 74/7 75/7
      28/6 29/6 2a/6 7/5 2b/6 76/7 2c/6 8/5 9/5 2d/6 77/7 78/7
      79/7 7a/7 7b/7 7ffe/15 7fc/11 3ffd/14 1ffd/13 ffffffc/28 fffe6/20 3fffd2/22 fffe7/20 fffe8/20
      3fffd3/22 3fffd4/22 3fffd5/22 7fffd9/23 3fffd6/22 7fffda/23 7fffdb/23 7fffdc/23 7fffdd/23 7fffde/23 ffffeb/24 7fffdf/23
      ffffec/24 ffffed/24 3fffd7/22 7fffe0/23 ffffee/24 7fffe1/23 7fffe2/23 7fffe3/23 7fffe4/23 1fffdc/21 3fffd8/22 7fffe5/23
      3fffd9/22 7fffe6/23 7fffe7/23 ffffef/24 3fffda/22 1fffdd/21 fffe9/20 3fffdb/22 3fffdc/22 7fffe8/23 7fffe9/23 1fffde/21
      7fffea/23 3fffdd/22 3fffde/22 fffff0/24 1fffdf/21 3fffdf/22 7fffeb/23 7fffec/23 1fffe0/21 1fffe1/21 3fffe0/22 1fffe2/21
      7fffed/23 3fffe1/22 7fffee/23 7fffef/23 fffea/20 3fffe2/22 3fffe3/22 3fffe4/22 7ffff0/23 3fffe5/22 3fffe6/22 7ffff1/23
      3ffffe0/26 3ffffe1/26 fffeb/20 7fff1/19 3fffe7/22 7ffff2/23 3fffe8/22 1ffffec/25 3ffffe2/26 3ffffe3/26 3ffffe4/26 7ffffde/27
      7ffffdf/27 3ffffe5/26 fffff1/24 1ffffed/25 7fff2/19 1fffe3/21 3ffffe6/26 7ffffe0/27 7ffffe1/27 3ffffe7/26 7ffffe2/27 fffff2/24
      1fffe4/21 1fffe5/21 3ffffe8/26 3ffffe9/26 ffffffd/28 7ffffe3/27 7ffffe4/27 7ffffe5/27 fffec/20 fffff3/24 fffed/20 1fffe6/21
      3fffe9/22 1fffe7/21 1fffe8/21 7ffff3/23 3fffea/22 3fffeb/22 1ffffee/25 1ffffef/25 fffff4/24 fffff5/24 3ffffea/26 7ffff4/23
      3ffffeb/26 7ffffe6/27 3ffffec/26 3ffffed/26 7ffffe7/27 7ffffe8/27 7ffffe9/27 7ffffea/27 7ffffeb/27 ffffffe/28 7ffffec/27 7ffffed/27
      7ffffee/27 7ffffef/27 7fffff0/27 3ffffee/26
      """;

  @Test void everyOctetHasItsCode() throws Exception {
    String[] codes = CODES.strip().split("\\s+");
    assertEquals(256, codes.length);
    for (int octet = 0; octet < 256; octet++) {
      String[] code = codes[octet].split("/");
      String bits = Long.toBinaryString(1L << Integer.parseInt(code[1]) | Long.parseLong(code[0], 16)).substring(1);
      assertEquals(Character.toString(octet), huffman(bits), codes[octet]);
      assertEquals(Character.toString(octet) + "0" + Character.toString(octet), huffman(bits + "00000" + bits), codes[octet]);
    }
  }

  private static String huffman(String bits) throws Violation {
    String padded = bits + "1".repeat((8 - bits.length() % 8) % 8);
    var bytes = new byte[padded.length() / 8];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(padded.substring(8 * i, 8 * i + 8), 2);
    }
    return Huffman.decode(bytes, 0, bytes.length);
  }

  // ---- fuzz ----

  @Test void noBytesBringItOutOfItsLimits() {
    var random = new Random(7541);
    for (int round = 0; round < 20_000; round++) {
      var bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      var fresh = new HpackDecoder(1000);
      try {
        for (int block = 0; block < 3; block++) {
          int size = fresh.decode(bytes).stream().mapToInt(HeaderField::size).sum();
          assertTrue(size <= 1000, () -> Hex.text(bytes));
          assertTrue(fresh.table().size() <= 4096, () -> Hex.text(bytes));
          assertEquals(fresh.table().size(), fresh.table().dynamic().stream().mapToInt(HeaderField::size).sum());
        }
      } catch (Violation refused) {
        assertNotNull(refused.getMessage());
      }
    }
  }

  @Test void encodedRequestsComeBack() throws Exception {
    String longer = "x".repeat(127) + "y".repeat(20_000);
    byte[] block = new HpackEncoder().indexed(3).literal(4, "/a.B/C").literal(31, "application/grpc").literal("te", "trailers")
        .literal("long", longer.substring(0, 10_000)).toByteArray();
    assertEquals("20 83 04 06 2f612e422f43 0f10 10".replace(" ", ""), Hex.text(block).substring(0, 26));
    decodes(Hex.text(block), ":method: POST\n:path: /a.B/C\ncontent-type: application/grpc\nte: trailers\nlong: " + longer.substring(0, 10_000));
    holds(0, "");
  }
}

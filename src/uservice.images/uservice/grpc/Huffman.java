package uservice.grpc;

import module java.base;

/// The code in which HPACK may write strings (RFC 7541, appendix B).
///
/// Codes of one length are consecutive numbers in the order of their symbols, and the first of a length is twice the one after
/// the last of the length before: so the lengths alone are the whole table.
final class Huffman {
  private static final int LENGTH_MIN = 5;
  private static final int LENGTH_MAX = 30;
  private static final int EOS = 256;
  private static final int PADDING_BITS_MAX = 7;

  /// The lengths of the codes for the octets 0 to 255, in rows of 32, and for EOS: a letter each, 'a' for 5 bits to 'z' for 30.
  private static final String LENGTHS = """
      isxxxxxxxtzxxzxxxxxxxxzxxxxxxxxx\
      bffhibdgffdgdbbbaaabbbbbbbcdkbhf\
      ibccccccccccccccccccccccdcdioijb\
      kabababbbaccbbbabcbaabccccckgjix\
      prpprrrsrssssststtrstssssqrsrsst\
      rqprrssqsrrtqrssqqrqsrssprrrsrrs\
      vvporsruvvvwwvtuoqvwwvwtqqvvxwww\
      ptpqrqqsrruuttvsvwvvwwwwwxwwwwwv\
      z""";

  private static final int[] FIRST = new int[LENGTH_MAX + 2]; // the first code of each length
  private static final int[] START = new int[LENGTH_MAX + 2]; // where the symbols of each length begin
  private static final short[] SYMBOLS = new short[EOS + 1]; // by length, then by value

  static {
    int at = 0;
    for (int length = LENGTH_MIN; length <= LENGTH_MAX; length++) {
      START[length] = at;
      for (short symbol = 0; symbol <= EOS; symbol++) {
        if (LENGTHS.charAt(symbol) - 'a' + LENGTH_MIN == length) {
          SYMBOLS[at++] = symbol;
        }
      }
      FIRST[length + 1] = (FIRST[length] + at - START[length]) << 1;
    }
    START[LENGTH_MAX + 1] = at;
  }

  private Huffman() {}

  /// Decodes `length` bytes from `from` on, as Latin-1.
  ///
  /// @throws Violation for EOS in the string, padding that is longer than seven bits or has a zero in it
  static String decode(byte[] bytes, int from, int length) throws Violation {
    var text = new StringBuilder(length * 8 / LENGTH_MIN + 1);
    int code = 0;
    int bits = 0;
    for (int i = 0; i < 8 * length; i++) {
      code = (code << 1) | ((bytes[from + i / 8] >> (7 - i % 8)) & 1);
      bits++;
      if (bits >= LENGTH_MIN && code - FIRST[bits] < START[bits + 1] - START[bits]) {
        int symbol = SYMBOLS[START[bits] + code - FIRST[bits]];
        if (symbol == EOS) {
          throw Violation.compression("a huffman-coded string has the end-of-string code in it");
        }
        text.append((char) symbol);
        code = 0;
        bits = 0;
      }
    }
    if (bits > PADDING_BITS_MAX || code != (1 << bits) - 1) {
      throw Violation.compression(
          "a huffman-coded string ends in " + bits + " bits of padding that are not the begin of the end-of-string code");
    }
    return text.toString();
  }
}

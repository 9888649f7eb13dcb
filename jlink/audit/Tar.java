package audit;

import module java.base;

/// Reads tar archives: POSIX ustar with the pax headers `path`, `linkpath` and `size`, and GNU's long names, which is what
/// container engines write (POSIX.1-2017, pax, "ustar Interchange Format").
final class Tar {
  private static final int BLOCK = 512;
  private static final long CONTENT_MAX = 1L << 30;

  private Tar() {}

  /// The archive's entries in their order, paths without a leading `./` or `/`.
  static List<Item> read(InputStream in) throws IOException {
    var items = new ArrayList<Item>();
    read(in, (item, _) -> items.add(item));
    return items;
  }

  /// The same, each with its content.
  static void read(InputStream in, BiConsumer<Item, byte[]> entry) throws IOException {
    var pax = new HashMap<String, String>();
    for (byte[] head = in.readNBytes(BLOCK); head.length == BLOCK && head[0] != 0; head = in.readNBytes(BLOCK)) {
      long size = pax.containsKey("size") ? Long.parseLong(pax.get("size")) : number(head, 124, 12);
      if (size < 0 || size > CONTENT_MAX) {
        throw new IOException("tar: an entry of " + size + " bytes");
      }
      byte[] content = in.readNBytes((int) size);
      in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
      switch (head[156]) {
        case 'x' -> pax.putAll(records(content));
        case 'g' -> {}
        case 'L' -> pax.put("path", text(content, 0, content.length));
        case 'K' -> pax.put("linkpath", text(content, 0, content.length));
        default -> {
          entry.accept(item(head, content, pax), content);
          pax.clear();
        }
      }
    }
  }

  private static Item item(byte[] head, byte[] content, Map<String, String> pax) throws IOException {
    String prefix = text(head, 345, 155);
    String name = pax.getOrDefault("path", (prefix.isEmpty() ? "" : prefix + "/") + text(head, 0, 100));
    String path = name.replaceFirst("^(\\./|/)+", "").replaceFirst("/+$", "");
    int mode = (int) number(head, 100, 8) & 0xFFF;
    long uid = number(head, 108, 8);
    long gid = number(head, 116, 8);
    String link = pax.getOrDefault("linkpath", text(head, 157, 100));
    return switch (head[156]) {
      case '0', 0 -> Item.file(path, mode, uid, gid, content);
      case '5' -> Item.other(path, 'd', mode, uid, gid, "");
      case '2' -> Item.other(path, 'l', mode, uid, gid, link);
      case '1' -> Item.other(path, 'h', mode, uid, gid, link);
      default -> Item.other(path, '?', mode, uid, gid, "");
    };
  }

  /// Octal digits, or GNU's binary form, which begins with 0x80.
  private static long number(byte[] head, int from, int length) {
    if ((head[from] & 0x80) != 0) {
      return new BigInteger(1, Arrays.copyOfRange(head, from + 1, from + length)).longValue();
    }
    String digits = text(head, from, length).strip();
    return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
  }

  private static String text(byte[] bytes, int from, int length) {
    int to = from;
    while (to < from + length && bytes[to] != 0) {
      to++;
    }
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /// `LENGTH KEY=VALUE\n`, one behind the other.
  private static Map<String, String> records(byte[] content) throws IOException {
    var records = new HashMap<String, String>();
    for (int at = 0; at < content.length; ) {
      int space = at;
      while (space < content.length && content[space] != ' ') {
        space++;
      }
      int length = Integer.parseInt(new String(content, at, space - at, StandardCharsets.US_ASCII));
      if (length <= space - at || at + length > content.length) {
        throw new IOException("tar: a pax record of " + length + " bytes");
      }
      String record = new String(content, space + 1, at + length - space - 2, StandardCharsets.UTF_8);
      records.put(record.substring(0, record.indexOf('=')), record.substring(record.indexOf('=') + 1));
      at += length;
    }
    return records;
  }
}

package audit;

import module java.base;

/// A file, folder or link as a jar, the runtime or a layer holds it.
///
/// @param path relative, with `/`
/// @param kind `-` file, `d` folder, `l` symbolic link, `h` hard link, `?` anything else
/// @param mode the twelve permission bits
/// @param link where a link points, else empty
/// @param sha256 of a file's content, in hexadecimal, else empty
/// @param text the content, byte by byte, of a file that is small enough to be searched; else empty
record Item(String path, char kind, int mode, long uid, long gid, long size, String link, String sha256, boolean elf, String text) {
  /// Larger files are not searched for secrets: the JVM, the JDK's classes, their archive.
  static final int TEXT_BYTES_MAX = 2 << 20;

  private static final byte[] ELF = {0x7F, 'E', 'L', 'F'};

  static Item file(String path, int mode, long uid, long gid, byte[] content) {
    boolean elf = content.length > ELF.length && Arrays.equals(content, 0, ELF.length, ELF, 0, ELF.length);
    String text = elf || content.length > TEXT_BYTES_MAX ? "" : new String(content, StandardCharsets.ISO_8859_1);
    return new Item(path, '-', mode, uid, gid, content.length, "", sha256(content), elf, text);
  }

  static Item other(String path, char kind, int mode, long uid, long gid, String link) {
    return new Item(path, kind, mode, uid, gid, 0, link, "", false, "");
  }

  boolean isFile() {
    return kind == '-';
  }

  /// Everything below a folder, sorted by path; links are not followed.
  static List<Item> below(Path folder) throws IOException {
    var items = new ArrayList<Item>();
    try (var tree = Files.walk(folder)) {
      for (Path path : (Iterable<Path>) tree.sorted()::iterator) {
        if (!path.equals(folder)) {
          items.add(of(folder, path));
        }
      }
    }
    return items;
  }

  private static Item of(Path folder, Path path) throws IOException {
    Map<String, Object> unix = Files.readAttributes(path, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
    int mode = (int) unix.get("mode") & 0xFFF;
    int uid = (int) unix.get("uid");
    int gid = (int) unix.get("gid");
    String name = folder.relativize(path).toString();
    if (Files.isSymbolicLink(path)) {
      return other(name, 'l', mode, uid, gid, Files.readSymbolicLink(path).toString());
    }
    return Files.isDirectory(path) ? other(name, 'd', mode, uid, gid, "") : file(name, mode, uid, gid, Files.readAllBytes(path));
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("BUG: every JDK has SHA-256", impossible);
    }
  }
}

package uservice.grpc;

import module java.base;

/// Bytes as hexadecimal digits with any space between them.
final class Hex {
  private Hex() {}

  static byte[] bytes(String hex) { return HexFormat.of().parseHex(hex.replaceAll("\\s", "")); }

  static String text(byte[] bytes) { return HexFormat.of().formatHex(bytes); }
}

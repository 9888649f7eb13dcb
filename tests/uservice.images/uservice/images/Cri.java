package uservice.images;

import module java.base;
import uservice.grpc.H2Peer;

/// What a container runtime says, for servers that play one.
final class Cri {
  private Cri() {}

  /// A field with a length before its bytes.
  static byte[] field(int number, byte[] bytes) {
    var out = new ByteArrayOutputStream();
    varint(out, (long) number << 3 | 2);
    varint(out, bytes.length);
    out.writeBytes(bytes);
    return out.toByteArray();
  }

  static byte[] field(int number, String text) { return field(number, text.getBytes(StandardCharsets.UTF_8)); }

  static byte[] field(int number, long value) {
    var out = new ByteArrayOutputStream();
    varint(out, (long) number << 3);
    varint(out, value);
    return out.toByteArray();
  }

  static byte[] together(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    for (; (value & ~0x7fL) != 0; value >>>= 7) {
      out.write((int) value | 0x80);
    }
    out.write((int) value);
  }

  /// An `Image` with the fields that a runtime fills beside those that are read.
  static byte[] image(String id, long bytes) {
    return together(field(1, id), field(2, "docker.io/library/" + id + ":latest"), field(3, "docker.io/library/" + id + "@sha256:00"),
        field(4, bytes), field(5, field(1, 0)), field(7, field(1, "")), field(8, 1));
  }

  /// A `ListImagesResponse` of `count` images of 1,000 bytes each.
  static byte[] list(int count) {
    var images = new byte[count][];
    for (int i = 0; i < count; i++) {
      images[i] = field(1, image("image" + i, 1000));
    }
    return together(images);
  }

  /// Answers each call with what `answers` has next, and the last one again and again.
  static H2Peer.Script answering(Queue<byte[]> answers) {
    return talk -> {
      talk.greet();
      while (true) {
        H2Peer.Request request = talk.request();
        if (!"/runtime.v1.ImageService/ListImages".equals(request.fields().get(":path")) || request.body().length != 5) {
          throw new AssertionError(request.toString());
        }
        talk.answer(request.stream(), answers.size() > 1 ? answers.remove() : answers.element());
      }
    };
  }
}

package uservice.images;

import module java.base;

/// An image as the runtime lists it, `runtime.v1.Image` without the fields that nobody here reads.
///
/// @param bytes its size on disk
record Image(String id, List<String> tags, List<String> digests, long bytes) {
  // message ListImagesResponse { repeated Image images = 1; }
  // message Image { string id = 1; repeated string repo_tags = 2; repeated string repo_digests = 3; uint64 size = 4; … }

  /// The images of a `ListImagesResponse`.
  static List<Image> list(byte[] response) throws Malformed {
    var images = new ArrayList<Image>();
    var message = new ProtoReader(response);
    while (message.next()) {
      if (message.field() == 1) {
        images.add(read(message.message()));
      }
    }
    return images;
  }

  private static Image read(ProtoReader message) throws Malformed {
    String id = "";
    var tags = new ArrayList<String>();
    var digests = new ArrayList<String>();
    long bytes = 0;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> id = message.string();
        case 2 -> tags.add(message.string());
        case 3 -> digests.add(message.string());
        case 4 -> bytes = message.number();
        default -> { }
      }
    }
    if (bytes < 0) {
      throw new Malformed("image '" + id + "' has " + Long.toUnsignedString(bytes) + " bytes, at most " + Long.MAX_VALUE);
    }
    return new Image(id, tags, digests, bytes);
  }
}

package audit;

import module java.base;
import uservice.json.Json;

/// An image as an OCI archive (OCI image specification 1.1, "Image Layout": `index.json` names a manifest, the manifest its
/// configuration and layers, all blobs named by their SHA-256).
record Image(String digest, Json configuration, String configurationDigest, List<Layer> layers) {
  private static final int JSON_BYTES_MAX = 4 << 20;
  private static final String OURS = "opt/uservice";

  /// A layer; it is ours where it holds a file of the runtime, else the base's.
  record Layer(String digest, long compressed, List<Item> items) {
    boolean ours() {
      return items.stream().anyMatch(item -> item.path().startsWith(OURS + "/"));
    }

    long size() {
      return items.stream().mapToLong(Item::size).sum();
    }
  }

  static Image read(Path archive) throws IOException {
    var blobs = new HashMap<String, byte[]>();
    try (var in = new BufferedInputStream(Files.newInputStream(archive))) {
      Tar.read(in, (item, content) -> blobs.put(item.path(), content));
    }
    byte[] index = blobs.get("index.json");
    if (index == null) {
      throw new IOException(archive + " has no index.json: it is no OCI archive");
    }
    String digest = json(index).asString("/manifests/0/digest");
    Json manifest = json(blob(blobs, digest));
    String configuration = manifest.asString("/config/digest");
    var layers = new ArrayList<Layer>();
    for (Json layer : manifest.asList("/layers")) {
      byte[] blob = blob(blobs, layer.asString("/digest"));
      layers.add(new Layer(layer.asString("/digest"), blob.length, Tar.read(opened(blob))));
    }
    return new Image(digest, json(blob(blobs, configuration)), configuration, layers);
  }

  private static Json json(byte[] bytes) throws IOException {
    try {
      return Json.parse(bytes, JSON_BYTES_MAX, Json.DEPTH_MAX);
    } catch (uservice.json.JsonException wrong) {
      throw new IOException("the image's JSON: " + wrong.getMessage(), wrong);
    }
  }

  private static byte[] blob(Map<String, byte[]> blobs, String digest) throws IOException {
    byte[] blob = blobs.get("blobs/" + digest.replace(':', '/'));
    if (blob == null || !digest.equals("sha256:" + Item.sha256(blob))) {
      throw new IOException("the image's blob " + digest + (blob == null ? " is missing" : " has another content"));
    }
    return blob;
  }

  private static InputStream opened(byte[] blob) throws IOException {
    boolean gzip = blob.length > 2 && (blob[0] & 0xFF) == 0x1F && (blob[1] & 0xFF) == 0x8B;
    return gzip ? new GZIPInputStream(new ByteArrayInputStream(blob)) : new ByteArrayInputStream(blob);
  }
}

package uservice.images;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Addresses of runtimes, and why a socket does not answer.
class PlaceTest {
  @TempDir Path folder;

  private static String refused(String uri) {
    return assertThrows(IllegalArgumentException.class, () -> Place.of(URI.create(uri))).getMessage();
  }

  @Test void addressesAreUnixSocketsOrPorts() {
    assertEquals("unix:///run/containerd/containerd.sock localhost", shown("unix:///run/containerd/containerd.sock"));
    assertEquals("unix:///run/a b localhost", shown("unix:/run/a%20b"));
    assertEquals("tcp://127.0.0.1:10010 127.0.0.1:10010", shown("tcp://127.0.0.1:10010"));
    assertEquals("tcp://[::1]:10010 [::1]:10010", shown("TCP://[::1]:10010"));
  }

  private static String shown(String uri) {
    Place place = Place.of(URI.create(uri));
    return place + " " + place.authority();
  }

  @Test void everythingElseIsRefusedWithWhatWouldBeRight() {
    String rule = ", must be unix:///path/of/socket or tcp://host:port";
    assertEquals("is '/run/x.sock'" + rule + ", did you mean unix:///run/x.sock?", refused("/run/x.sock"));
    assertEquals("is 'https://a:1'" + rule + "; TLS cannot be used here", refused("https://a:1"));
    assertEquals("is 'npipe:////./pipe/x'" + rule, refused("npipe:////./pipe/x"));
    assertEquals("is 'unix://run/x.sock'" + rule, refused("unix://run/x.sock"));
    assertEquals("is 'unix:x.sock'" + rule, refused("unix:x.sock"));
    assertEquals("is 'unix:/'" + rule, refused("unix:/"));
    assertEquals("is 'unix:///a?b=c'" + rule, refused("unix:///a?b=c"));
    assertEquals("has a path of 108 bytes, a Unix socket's has at most 107", refused("unix:///" + "x".repeat(107)));
    assertEquals("is 'tcp://h', must be tcp://host:port and no more", refused("tcp://h").replace("h:0", "h"));
    assertEquals("is 'tcp://h:1/x', must be tcp://host:port and no more", refused("tcp://h:1/x"));
    for (String secret : List.of("tcp://me:geheim@h:1", "redis://me:geheim@h:1", "unix://me:geheim@h/x")) {
      assertFalse(refused(secret).contains("geheim"), refused(secret));
    }
  }

  private static String explained(Path socket) {
    Place place = Place.of(URI.create("unix://" + socket));
    var failed = assertThrows(IOException.class, () -> place.connect(Duration.ofSeconds(5)).close());
    return place.explain(failed);
  }

  @Test void missingSocketsAndThoseThatAreNoneAreToldApart() throws Exception {
    assertEquals("there is no such socket; the container runtime is not running, or listens elsewhere, or its folder is not mounted here",
        explained(folder.resolve("none.sock")));
    assertEquals("there is no such socket; the container runtime is not running, or listens elsewhere, or its folder is not mounted here",
        explained(folder.resolve("none/none.sock")));
    assertEquals("this is a file, and no socket", explained(Files.createFile(folder.resolve("file"))));
    assertEquals("this is a folder, and no socket", explained(folder));
  }

  @Test void socketWhoseServerAcceptsNobodyEndsInTime() throws Exception {
    Path socket = folder.resolve("full.sock");
    var address = UnixDomainSocketAddress.of(socket);
    var waiting = new ArrayList<SocketChannel>();
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address, 1);
      for (boolean room = true; room; ) {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        waiting.add(channel);
        channel.configureBlocking(false);
        try {
          room = channel.connect(address);
        } catch (IOException full) {
          room = false;
        }
      }
      Place place = new Place.Unix(socket);
      var failed = assertThrows(SocketTimeoutException.class, () -> place.connect(Duration.ofMillis(50)).close());
      assertEquals("no connection within 50 ms", place.explain(failed));
    } finally {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
  }

  @Test void socketThatNobodyListensOnIsTold() throws Exception {
    Path socket = folder.resolve("left.sock");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
    }
    assertEquals("nobody listens on the socket; the container runtime is not running", explained(socket));
  }
}

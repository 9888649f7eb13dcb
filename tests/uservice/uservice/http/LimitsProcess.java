package uservice.http;

import module java.base;
import uservice.config.Size;

/// A server in a process of its own, since the JDK reads its limits once per process. Prints its port, and ends with its
/// standard input.
final class LimitsProcess {
  static final int CONNECTIONS_MAX = 20;

  private LimitsProcess() {}

  public static void main(String[] arguments) throws Exception {
    var web = new Web();
    var limits = new Web.Config("127.0.0.1", 0, new Size(1 << 20), new Size(8 << 10), 50, CONNECTIONS_MAX, Duration.ofMillis(61_001),
        Duration.ofSeconds(1), 0, Optional.empty());
    Server server = Server.admin("limits", "127.0.0.1", 0, web, limits);
    web.get("/active", _ -> Reply.text("" + (server.active() - 1)));
    web.get("/property/{name}", request -> Reply.text(System.getProperty(request.path("name"))));
    web.post("/echo", request -> Reply.bytes("text/plain", request.body()));
    web.post("/slow", request -> {
      Thread.sleep(3000); // three times what a request may take to arrive
      return Reply.bytes("text/plain", request.body());
    });
    web.post("/unread", _ -> Reply.noContent()).streaming();
    web.get("/broken", _ -> Reply.stream("text/plain", out -> {
      out.write('x');
      out.flush();
      throw new EOFException("broken");
    }));
    System.out.println(server.address().getPort());
    System.in.read();
    System.exit(0);
  }

  /// Starts the process with the classes of this one; works from a class path and from patched modules.
  static Process start(String... options) throws IOException {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx64m"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", Stream.of(Server.class, LimitsProcess.class, uservice.json.Json.class, uservice.config.Size.class)
        .map(LimitsProcess::root).distinct().collect(Collectors.joining(File.pathSeparator)), LimitsProcess.class.getName()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /// The folder or jar that a class was loaded from.
  private static String root(Class<?> type) {
    String file = "/" + type.getName().replace('.', '/') + ".class";
    String url = type.getResource(file).toString();
    String place = url.substring(0, url.length() - file.length());
    return place.startsWith("jar:file:") ? place.substring("jar:file:".length(), place.length() - 1) : place.substring("file:".length());
  }
}

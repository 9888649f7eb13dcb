package process;

import module java.base;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// Takes what exporters send, looks at none of it, and counts.
final class Collector implements AutoCloseable {
  private final HttpServer server;
  private final LongAdder requests = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  Collector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::take);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      bytes.add(exchange.getRequestBody().transferTo(OutputStream.nullOutputStream()));
      requests.increment();
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  int port() { return server.getAddress().getPort(); }

  long requests() { return requests.sum(); }

  double bytes() { return bytes.sum(); }

  @Override public void close() { server.stop(0); }
}

package testing;

import module java.base;

/// A network between a program and its server that a test can break: cut every connection, or hold back all bytes.
public final class Proxy implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition flows = lock.newCondition();
  private boolean stalled;

  private Proxy(ServerSocket server, int target) {
    this.server = server;
    this.target = target;
  }

  /// Listens on a free port of loopback for what goes to the port `target` there.
  public static Proxy to(int target) throws IOException {
    var proxy = new Proxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    Thread.ofVirtual().name("proxy").start(proxy::accept);
    return proxy;
  }

  public int port() { return server.getLocalPort(); }

  /// Ends all connections there are; new ones are taken.
  public void cut() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }

  /// Holds back all bytes, connections new and old, until it is called with false.
  public void stall(boolean on) {
    lock.lock();
    stalled = on;
    flows.signalAll();
    lock.unlock();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket here = server.accept();
        open.add(here);
        var there = new Socket();
        open.add(there);
        Thread.ofVirtual().start(() -> join(here, there));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void join(Socket here, Socket there) {
    try {
      there.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      Thread back = Thread.ofVirtual().start(() -> pump(there, here));
      pump(here, there);
      back.join();
    } catch (IOException | InterruptedException gone) {
      // The server is away: so is the connection.
    } finally {
      end(here);
      end(there);
    }
  }

  private void pump(Socket from, Socket to) {
    var bytes = new byte[16 * 1024];
    try {
      for (int count = from.getInputStream().read(bytes); count >= 0; count = from.getInputStream().read(bytes)) {
        awaitFlow();
        to.getOutputStream().write(bytes, 0, count);
      }
    } catch (IOException | InterruptedException cut) {
      // Both sides end.
    } finally {
      end(from);
      end(to);
    }
  }

  private void awaitFlow() throws InterruptedException {
    lock.lock();
    try {
      while (stalled) {
        flows.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void end(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException closed) {
      // It is.
    }
  }

  @Override public void close() throws IOException {
    server.close();
    stall(false);
    cut();
  }
}

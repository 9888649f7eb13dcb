package uservice.http;

import module java.base;

/// What the first port and the first answer of a process would wait for, done beside its start.
///
/// The JDK's server writes a `Date` into each answer. The first one loads the names of days and months, and would load those of
/// time zones with the table of all of them if [Greenwich] did not name the one: in front of the first probe. The first socket
/// loads libraries and security settings. On a second processor they cost nothing; with one alone they are done when the
/// start waits, or when they are needed, as before.
public final class FirstAnswer {
  private FirstAnswer() {}

  /// Begins; returns at once. Nothing depends on how far it gets.
  public static void prepare() {
    if (System.getProperty(Greenwich.PROPERTY) == null) {
      System.setProperty(Greenwich.PROPERTY, Greenwich.PROVIDERS);
    }
    Thread.ofPlatform().daemon().name("first-answer").start(() -> {
      sockets();
      date();
    });
  }

  private static void sockets() {
    try {
      new InetSocketAddress(0);
      Selector.open().close();
    } catch (IOException refused) {
      // Whoever opens a port will say so.
    }
  }

  /// By the pattern of the JDK's `ExchangeImpl` (RFC 9110, section 5.6.7).
  private static void date() {
    DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss zzz", Locale.US).withZone(ZoneId.of("GMT")).format(Instant.EPOCH);
  }
}

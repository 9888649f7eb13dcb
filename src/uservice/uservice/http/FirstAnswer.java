package uservice.http;

import module java.base;

/// What the first port and the first answer of a process would wait for, done beside its start.
///
/// The JDK's server writes a `Date` into each answer. The first one loads the formatter, and the platform's tables of names and
/// of all time zones, more than a start does besides, if [DateNames] and [Greenwich] did not give the few names that it takes. The
/// first socket loads libraries and security settings. What is left of both is done here, before the first probe waits for it: on a
/// second processor it costs nothing; with one alone it is done when the start waits, or when it is needed, as before.
public final class FirstAnswer {
  private FirstAnswer() {}

  /// Begins; returns at once. Nothing depends on how far it gets.
  public static void prepare() {
    if (System.getProperty(Greenwich.PROPERTY) == null) { // read once, with the first name that is looked up
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

package uservice.kafka;

import module java.base;
import uservice.wire.Address;

/// How a producer collects what it sends. The chapter lists the parameters of a URI that say so.
///
/// @param batchBytes a batch goes when it is as large, or as old as `linger`
/// @param bufferBytes how much may wait to be acknowledged; who sends more waits
/// @param delivery how long a message may take until it is acknowledged
record ProducerSettings(int batchBytes, Duration linger, int bufferBytes, Duration delivery, boolean gzip) {
  static final Set<String> PARAMETERS = Set.of("batch_bytes", "linger", "buffer_bytes", "delivery_timeout", "compression");
  private static final int BATCH_BYTES = 64 << 10;
  private static final int BATCH_BYTES_MAX = 8 << 20;
  private static final int BUFFER_BYTES = 8 << 20;
  private static final int BUFFER_BYTES_MIN = 64 << 10;
  private static final int BUFFER_BYTES_MAX = 512 << 20;
  private static final Duration LINGER = Duration.ofMillis(5);
  private static final Duration LINGER_MAX = Duration.ofMinutes(1);
  private static final Duration DELIVERY = Duration.ofSeconds(30);
  private static final Duration DELIVERY_MAX = Duration.ofHours(1);

  /// What the parameters of a URI say.
  static ProducerSettings of(Address address) { return of(address, DELIVERY); }

  /// The same, with `delivery` where they do not say how long that may take.
  static ProducerSettings of(Address address, Duration delivery) {
    Duration linger = "0".equals(address.parameter("linger").orElse("")) ? Duration.ZERO : address.duration("linger", LINGER, LINGER_MAX);
    return new ProducerSettings(address.number("batch_bytes", BATCH_BYTES, 1, BATCH_BYTES_MAX), linger,
        address.number("buffer_bytes", BUFFER_BYTES, BUFFER_BYTES_MIN, BUFFER_BYTES_MAX), address.duration("delivery_timeout", delivery, DELIVERY_MAX),
        address.choice("compression", "none", List.of("none", "gzip")).equals("gzip"));
  }
}

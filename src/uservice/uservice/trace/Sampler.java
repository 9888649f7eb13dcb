package uservice.trace;

/// Which traces are recorded: of those that begin here a share, decided by the trace id alone so that every service that is
/// set to the same share comes to the same end; of those that came in, the ones that the caller records.
///
/// @param ratio the share, 0 to 1
/// @param parentBased whether the caller's decision stands
public record Sampler(double ratio, boolean parentBased) {
  private static final long RANDOM_BITS = (1L << 56) - 1; // of the trace id, the rightmost, which are random

  public Sampler {
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("ratio " + ratio + ", from 0 to 1");
    }
  }

  boolean samples(long traceLow) {
    return (traceLow & RANDOM_BITS) >= (long) ((1 - ratio) * 0x1p56);
  }
}

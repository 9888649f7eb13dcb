package process;

import module java.base;

/// A client of Kafka as a process of its own that measures itself: one of Kafka's tools, or ours.
///
/// @param records how many it sent or received
/// @param perSecond of them, from when it began, a consumer with its way into the group
/// @param fetchedPerSecond of them, for a consumer from when the group was there
record KafkaTool(long records, double perSecond, double fetchedPerSecond) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TOLD = "measured ";

  /// Prints what [#ours] reads.
  static void tell(long records, long nanos, long fetchingNanos) {
    System.out.println(TOLD + records + " " + records * 1e9 / nanos + " " + records * 1e9 / fetchingNanos + " " + Runtime.getRuntime().maxMemory());
  }

  /// One of [KafkaProducing] and [KafkaConsuming], which must have been given no more than so many bytes of heap.
  static KafkaTool ours(List<String> command, long heapMost) throws Exception {
    String[] words = last(command, line -> line.startsWith(TOLD)).split(" ");
    if (Long.parseLong(words[4]) > heapMost) {
      throw new IllegalStateException("it has " + words[4] + " bytes of heap, at most " + heapMost + " is meant");
    }
    return new KafkaTool(Long.parseLong(words[1]), Double.parseDouble(words[2]), Double.parseDouble(words[3]));
  }

  /// `400000 records sent, 123456.7 records/sec (117.74 MB/sec), 61.05 ms avg latency, …`, its last line; those before are of a part of the time.
  static KafkaTool producer(List<String> command) throws Exception {
    String[] words = last(command, line -> line.contains("records/sec")).split(" ");
    double rate = Double.parseDouble(words[3]);
    return new KafkaTool(Long.parseLong(words[0]), rate, rate);
  }

  /// `start, end, MB, MB/s, records, records/s, ms in the group's making, ms fetching, MB/s, records/s`.
  static KafkaTool consumer(List<String> command) throws Exception {
    String[] words = last(command, line -> line.split(", ").length == 10).split(", ");
    return new KafkaTool(Long.parseLong(words[4]), Double.parseDouble(words[5]), Double.parseDouble(words[9]));
  }

  /// Runs it to its end, and returns the last line that it printed of those that are meant.
  private static String last(List<String> command, Predicate<String> meant) throws Exception {
    String printed = run(command);
    return printed.lines().filter(meant).reduce((_, later) -> later).orElseThrow(() -> new IllegalStateException(String.join(" ", command) + "\n" + printed));
  }

  /// Runs a command to its end, and returns what it printed.
  static String run(List<String> command) throws Exception {
    Path output = Files.createTempFile("bench", ".log");
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
      try {
        if (!process.waitFor(PATIENCE) || process.exitValue() != 0) {
          throw new IllegalStateException(String.join(" ", command) + (process.isAlive() ? "\ntook too long\n" : "\n") + Files.readString(output));
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
      return Files.readString(output);
    } finally {
      Files.delete(output);
    }
  }
}

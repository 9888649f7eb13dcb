package uservice.queue;

/// A job in a worker's hands. Each backend has its own kind, which only the queue that gave it takes back.
public interface Delivery {
  Job job();

  /// Which attempt this is, from 1; above 1, an earlier one was begun and not acknowledged.
  int attempt();
}

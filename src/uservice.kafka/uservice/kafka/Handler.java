package uservice.kafka;

/// Does what is to be done with a message. It is done when this returns; where this throws, it is tried again.
///
/// The messages of a partition come one after the other, in their order, those of several partitions at the same time. A message may come
/// again, always after a crash, and now and then when the group is divided anew.
@FunctionalInterface public interface Handler {
  void handle(Received message) throws Exception;
}

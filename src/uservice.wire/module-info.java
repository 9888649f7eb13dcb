/// What every client of a wire protocol needs before it says its first byte: [uservice.wire] has a peer's address, TLS, and a
/// connection on which no read or write outlasts its deadline.
module uservice.wire {
  requires transitive uservice;

  exports uservice.wire;
}

/// Probes, metrics, logs and an orderly stop for programs in any language: [uservice.control] is a listener on loopback that speaks
/// plain HTTP, and the mode in which one such program runs as a child.
module uservice.control {
  requires transitive uservice;

  exports uservice.control;

  provides uservice.Feature with uservice.control.Control, uservice.control.Child; // in this order: a child is told where to call
}

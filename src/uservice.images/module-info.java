/// Counts the images of a container runtime: [uservice.images] is the feature, an event loop around one call;
/// [uservice.grpc] the client that makes it, for any unary call.
module uservice.images {
  requires transitive uservice;
  requires transitive uservice.wire;

  exports uservice.grpc;
  exports uservice.images;

  provides uservice.Feature with uservice.images.Images;
}

package uservice.grpc;

/// HTTP/2 was kept and gRPC was not: the call has failed, its stream is given up, the connection is as good as before.
final class Unusable extends Exception {
  Unusable(String what) {
    super(what);
  }
}

package uservice.images;

import module java.base;
import uservice.grpc.Answer;
import uservice.grpc.Connection;
import uservice.grpc.GrpcException;
import uservice.grpc.Status;
import uservice.images.Outcome.Failed;
import uservice.images.Outcome.Listed;
import uservice.images.Outcome.Result;
import uservice.wire.Wire;

/// A container runtime behind its CRI socket: containerd, CRI-O.
///
/// Each refresh has a connection of its own. Between two of them may be hours, in which the runtime may have been replaced.
final class ContainerRuntime {
  private static final String SERVICE = "runtime.v1.ImageService";
  private static final String LIST_IMAGES = "/" + SERVICE + "/ListImages";
  private static final byte[] EVERYTHING = {}; // a ListImagesRequest without a filter has no bytes
  /// What kubelet takes, and what containerd and CRI-O send.
  static final int MESSAGE_MAX = 16 << 20;

  private final Place place;
  private final Duration timeout;

  /// @param timeout for each of connecting, the first word of HTTP/2, and the call
  ContainerRuntime(Place place, Duration timeout) {
    this.place = place;
    this.timeout = timeout;
  }

  /// Asks for all images.
  Outcome refresh() throws InterruptedException {
    try (Connection connection = connect()) {
      return switch (connection.call(LIST_IMAGES, EVERYTHING, timeout)) {
        case Answer.Message message -> counted(message.bytes());
        case Answer.Refused refused -> new Failed(refused.status() == Status.DEADLINE_EXCEEDED ? Result.TIMEOUT : Result.REFUSED,
            refused.status().name(), place + ": " + explained(refused));
      };
    } catch (GrpcException failed) {
      return switch (failed.kind()) {
        case UNREACHABLE -> new Failed(Result.UNREACHABLE, failed.getMessage(), failed.getMessage());
        case LATE -> new Failed(Result.TIMEOUT, "", failed.getMessage());
        case CUT -> new Failed(Result.CUT, "", failed.getMessage());
        case INVALID -> new Failed(Result.INVALID, "", failed.getMessage());
      };
    }
  }

  private Connection connect() throws GrpcException, InterruptedException {
    try {
      return Connection.open(place.connect(timeout), place.toString(), place.authority(), MESSAGE_MAX, timeout);
    } catch (IOException failed) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw GrpcException.unreachable(place.toString(), place.explain(failed), failed);
    }
  }

  private Outcome counted(byte[] response) {
    try {
      List<Image> images = Image.list(response);
      return new Listed(images.size(), images.stream().mapToDouble(Image::bytes).sum());
    } catch (Malformed broken) {
      return new Failed(Result.INVALID, "", place + ": the list of images is no ListImagesResponse: " + broken.getMessage());
    }
  }

  private static String explained(Answer.Refused refused) {
    return refused.status() == Status.UNIMPLEMENTED
        ? "the runtime does not know " + SERVICE + ": it is one that has only CRI v1alpha2 (containerd before 1.6),"
            + " or its CRI plugin is disabled (" + refused + ")"
        : "ListImages was refused: " + refused;
  }
}

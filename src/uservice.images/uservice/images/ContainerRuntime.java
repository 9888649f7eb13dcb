package uservice.images;

import module java.base;
import uservice.grpc.Answer;
import uservice.grpc.Connection;
import uservice.grpc.GrpcException;
import uservice.grpc.Status;
import uservice.images.Outcome.Failed;
import uservice.images.Outcome.Listed;
import uservice.images.Outcome.Result;
import uservice.trace.Span;
import uservice.trace.Tracer;
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
  private final Tracer tracer;

  /// @param timeout for each of connecting, the first word of HTTP/2, and the call
  ContainerRuntime(Place place, Duration timeout, Tracer tracer) {
    this.place = place;
    this.timeout = timeout;
    this.tracer = tracer;
  }

  /// Asks for all images: a trace of its own, with a span for the connection and one for the call.
  Outcome refresh() throws InterruptedException {
    return tracer.call("images refresh", Span.Kind.INTERNAL, event -> {
      Outcome outcome = asked();
      switch (outcome) {
        case Listed listed -> event.attribute("images", listed.images());
        case Failed failed -> event.attribute("error.type", failed.result().name().toLowerCase(Locale.ROOT)).failed(failed.text());
      }
      return outcome;
    });
  }

  private Outcome asked() throws InterruptedException {
    try (Connection connection = within("connect", _ -> connect())) {
      return within(SERVICE + "/ListImages", span -> called(connection, span));
    } catch (GrpcException failed) {
      return switch (failed.kind()) {
        case UNREACHABLE -> new Failed(Result.UNREACHABLE, failed.getMessage(), failed.getMessage());
        case LATE -> new Failed(Result.TIMEOUT, "", failed.getMessage());
        case CUT -> new Failed(Result.CUT, "", failed.getMessage());
        case INVALID -> new Failed(Result.INVALID, "", failed.getMessage());
      };
    }
  }

  private interface Step<R> {
    R taken(Span span) throws GrpcException, InterruptedException;
  }

  private <R> R within(String name, Step<R> step) throws GrpcException, InterruptedException {
    Span span = tracer.start(name, Span.Kind.CLIENT).attribute("server.address", place.toString());
    try {
      return step.taken(span);
    } catch (GrpcException | InterruptedException | RuntimeException failed) {
      span.failed(failed);
      throw failed;
    } finally {
      span.end();
    }
  }

  /// With the attributes of OpenTelemetry's conventions for RPC.
  private Outcome called(Connection connection, Span span) throws GrpcException, InterruptedException {
    span.attribute("rpc.system", "grpc").attribute("rpc.service", SERVICE).attribute("rpc.method", "ListImages");
    return switch (connection.call(LIST_IMAGES, EVERYTHING, timeout)) {
      case Answer.Message message -> {
        span.attribute("rpc.grpc.status_code", 0);
        yield counted(message.bytes());
      }
      case Answer.Refused refused -> {
        span.attribute("rpc.grpc.status_code", refused.status().ordinal()).failed(refused.toString());
        yield new Failed(refused.status() == Status.DEADLINE_EXCEEDED ? Result.TIMEOUT : Result.REFUSED, refused.status().name(), place + ": " + explained(refused));
      }
    };
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

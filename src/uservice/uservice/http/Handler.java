package uservice.http;

/// What answers the requests of a route. Called on a thread of its own per request, on many at
/// once; it may block.
///
/// A [ProblemException] becomes the problem that it names; anything else that it throws is logged,
/// and answered with a 500 that tells nothing of the inside.
@FunctionalInterface public interface Handler {
  Reply handle(Request request) throws Exception;
}

package uservice.http;

import java.io.IOException;

/// Stands around the whole of each request that could be read: from the route being known to the
/// last byte being sent. For spans, contexts and the like; see [Web#around(Interceptor)].
@FunctionalInterface public interface Interceptor {
  /// What is inside of the interceptor.
  @FunctionalInterface interface Call {
    /// Handles and answers the request; returns the status that was sent. Does not throw what the
    /// handler threw: that has become a 500. An [IOException] says that the connection broke (or
    /// was broken off, where a stream failed) before the answer was complete; it must be passed on.
    int proceed() throws IOException;
  }

  /// Calls [Call#proceed()] exactly once, on this thread, and does what there is to do before and
  /// after. `request.route()` is already known.
  void around(Request request, Call call) throws IOException;
}

package uservice.otlp;

import module java.base;
import uservice.trace.SpanData;

/// One of the two ways to write `ExportTraceServiceRequest` and to read what comes back (opentelemetry-proto,
/// collector/trace/v1 and trace/v1).
interface Encoding {
  /// Where the name of our spans' scope stands.
  String SCOPE = "uservice";
  /// Of a span's and a link's flags: the next bit is known.
  int HAS_IS_REMOTE = 0x100;
  /// Of a span's flags: its parent is another process's; of a link's: so is what it points at.
  int IS_REMOTE = 0x200;

  /// What a collector says beside the status.
  ///
  /// @param rejected how many spans it did not take
  /// @param message why, or empty
  record Said(long rejected, String message) {
    static final Said NOTHING = new Said(0, "");
  }

  String contentType();

  /// The spans as one request.
  byte[] encode(Map<String, String> resource, String version, List<SpanData> spans);

  /// Reads an `ExportTraceServiceResponse` where `success`, else a `google.rpc.Status`; what is neither is nothing.
  Said read(boolean success, byte[] body);

  static int flags(SpanData span) {
    return span.context().flags() | HAS_IS_REMOTE | (span.parentRemote() ? IS_REMOTE : 0);
  }

  static int flags(SpanData.Link link) {
    return link.context().flags() | HAS_IS_REMOTE | (link.context().remote() ? IS_REMOTE : 0);
  }
}

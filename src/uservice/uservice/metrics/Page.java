package uservice.metrics;

/// A rendered page, as an HTTP answer carries it.
///
/// @param contentType the whole value of the header
/// @param contentEncoding `gzip`, or null where the bytes are the page as it is
/// @param bytes the body, which nobody else holds
public record Page(String contentType, String contentEncoding, byte[] bytes) {}

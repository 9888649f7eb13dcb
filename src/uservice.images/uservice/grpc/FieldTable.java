package uservice.grpc;

import module java.base;

/// The indexed header fields of one direction of a connection: the static table of RFC 7541, appendix A, from 1 on, and behind
/// it the dynamic one, the newest first.
final class FieldTable {
  /// The size of the dynamic table that holds before anybody says anything else.
  static final int SIZE_DEFAULT = 4096;

  private static final HeaderField[] FIXED = fixed("""
      :authority; :method GET; :method POST; :path /; :path /index.html; :scheme http; :scheme https; :status 200;
      :status 204; :status 206; :status 304; :status 400; :status 404; :status 500; accept-charset;
      accept-encoding gzip, deflate; accept-language; accept-ranges; accept; access-control-allow-origin; age;
      allow; authorization; cache-control; content-disposition; content-encoding; content-language; content-length;
      content-location; content-range; content-type; cookie; date; etag; expect; expires; from; host; if-match;
      if-modified-since; if-none-match; if-range; if-unmodified-since; last-modified; link; location; max-forwards;
      proxy-authenticate; proxy-authorization; range; referer; refresh; retry-after; server; set-cookie;
      strict-transport-security; transfer-encoding; user-agent; vary; via; www-authenticate
      """);

  private final List<HeaderField> dynamic = new ArrayList<>(); // the newest last
  private int size;
  private int sizeMax = SIZE_DEFAULT;

  private static HeaderField[] fixed(String fields) {
    return Arrays.stream(fields.strip().split(";\\s")).map(field -> field.split(" ", 2))
        .map(parts -> new HeaderField(parts[0], parts.length > 1 ? parts[1] : "")).toArray(HeaderField[]::new);
  }

  /// The field at `index`.
  HeaderField get(int index) throws Violation {
    if (index >= 1 && index <= FIXED.length) {
      return FIXED[index - 1];
    }
    int last = FIXED.length + dynamic.size();
    if (index < 1 || index > last) {
      throw Violation.compression("index " + index + " of a header field, from 1 to " + last + " here");
    }
    return dynamic.get(last - index);
  }

  /// Puts a field in front; the oldest ones make room for it. One that is larger than the table empties it (section 4.4).
  void add(HeaderField field) {
    int left = sizeMax - field.size();
    shrink(Math.max(left, 0));
    if (left >= 0) {
      dynamic.addLast(field);
      size += field.size();
    }
  }

  /// Changes the size that the peer uses, of those that it may (section 6.3).
  void resize(long to) throws Violation {
    if (to > SIZE_DEFAULT) {
      throw Violation.compression("a dynamic table of " + to + " bytes, at most " + SIZE_DEFAULT + " were allowed");
    }
    sizeMax = (int) to;
    shrink(sizeMax);
  }

  private void shrink(int to) {
    while (size > to) {
      size -= dynamic.removeFirst().size();
    }
  }

  /// What the dynamic table holds, the newest first.
  List<HeaderField> dynamic() { return dynamic.reversed(); }

  int size() { return size; }
}

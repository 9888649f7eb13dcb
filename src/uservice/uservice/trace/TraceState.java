package uservice.trace;

import module java.base;

/// What tracing systems add to a trace for themselves, `tracestate`: a list of `key=value`, which is handed on as it came.
final class TraceState {
  static final int MEMBERS_MAX = 32;
  /// The characters that are handed on; the specification asks for as many.
  static final int CHARS_MAX = 512;
  /// Members longer than this are the first to go where there is no room.
  static final int LONG_MEMBER_CHARS = 128;

  private static final int KEY_CHARS_MAX = 256;
  private static final int VALUE_CHARS_MAX = 256;

  private TraceState() {}

  /// All header fields of the name as one, or empty where they are no valid list. Too long a list loses its long members,
  /// the rightmost first, then others from the right.
  static String of(List<String> fields) {
    var members = new ArrayList<String>();
    int chars = -1;
    for (String field : fields) {
      for (String raw : field.split(",", -1)) {
        String member = raw.strip();
        if (member.isEmpty()) {
          continue;
        }
        if (members.size() == MEMBERS_MAX || !valid(member)) {
          return "";
        }
        members.add(member);
        chars += member.length() + 1;
      }
    }
    for (int longer = LONG_MEMBER_CHARS; chars > CHARS_MAX; longer = 0) {
      for (int i = members.size() - 1; i >= 0 && chars > CHARS_MAX; i--) {
        if (members.get(i).length() > longer) {
          chars -= members.remove(i).length() + 1;
        }
      }
    }
    return String.join(",", members);
  }

  private static boolean valid(String member) {
    int equals = member.indexOf('=');
    int value = member.length() - equals - 1;
    if (equals < 1 || equals > KEY_CHARS_MAX || value < 1 || value > VALUE_CHARS_MAX || member.indexOf('=', equals + 1) >= 0) {
      return false;
    }
    for (int i = 0; i < member.length(); i++) {
      char c = member.charAt(i);
      boolean alphanumeric = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
      if (i < equals ? !alphanumeric && (i == 0 || "_-*/@".indexOf(c) < 0) : c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }
}

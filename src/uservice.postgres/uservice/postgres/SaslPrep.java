package uservice.postgres;

import module java.base;

/// A password as SCRAM hashes it (RFC 4013), so that the same characters typed in two ways are the same password. One that has
/// characters the profile forbids stays as it is, as PostgreSQL itself has it.
final class SaslPrep {
  private static final Pattern ASCII = Pattern.compile("\\p{ASCII}*");
  private static final Pattern SPACES = Pattern.compile("[\\u00a0\\u1680\\u2000-\\u200b\\u202f\\u205f\\u3000]"); // RFC 3454, C.1.2
  private static final Pattern NOTHING = // B.1
      Pattern.compile("[\\u00ad\\u034f\\u1806\\u180b-\\u180d\\u200b-\\u200d\\u2060\\ufe00-\\ufe0f\\ufeff]");
  private static final Pattern PROHIBITED = Pattern.compile("[\\p{Cc}\\p{Co}\\p{Cs}\\p{Cn}" // C.2 to C.5, and what Unicode has not assigned
      + "\\u00a0\\u06dd\\u070f\\u0340\\u0341\\u180e\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2063\\u206a-\\u206f\\u2ff0-\\u2ffb\\u3000\\ufeff"
      + "\\ufff9-\\uffff\\x{1d173}-\\x{1d17a}\\x{e0001}\\x{e0020}-\\x{e007f}]"); // C.1.2, C.2.2 and C.6 to C.9

  private SaslPrep() {}

  static String prepare(String password) {
    if (ASCII.matcher(password).matches()) {
      return password;
    }
    String mapped = NOTHING.matcher(SPACES.matcher(password).replaceAll(" ")).replaceAll("");
    String normal = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
    return normal.isEmpty() || PROHIBITED.matcher(normal).find() || !oneDirection(normal) ? password : normal;
  }

  // RFC 3454, section 6: right-to-left text has none of left-to-right in it, and begins and ends right-to-left.
  private static boolean oneDirection(String text) {
    return text.codePoints().noneMatch(SaslPrep::rightToLeft)
        || text.codePoints().noneMatch(c -> Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT)
            && rightToLeft(text.codePointAt(0)) && rightToLeft(text.codePointBefore(text.length()));
  }

  private static boolean rightToLeft(int c) {
    byte direction = Character.getDirectionality(c);
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }
}

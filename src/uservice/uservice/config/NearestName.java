package uservice.config;

import module java.base;

/// Finds the name that somebody meant who typed another: the one with the least edits (Damerau-Levenshtein, optimal
/// string alignment: insert, delete, replace, swap of neighbours), if it is near enough to be worth saying.
public final class NearestName {
  private static final int TYPED_MAX = 64;

  private NearestName() {}

  /// The nearest of `known` to `typed`, upper and lower case alike and `-` as `_`; the first one where several are
  /// equally near. Near enough is an edit for every three characters, at least one.
  public static Optional<String> of(String typed, Collection<String> known) {
    if (typed.isEmpty() || typed.length() > TYPED_MAX) {
      return Optional.empty();
    }
    String folded = fold(typed);
    String nearest = null;
    int least = Math.max(1, typed.length() / 3) + 1;
    for (String name : known) {
      if (Math.abs(name.length() - typed.length()) < least) {
        int distance = distance(folded, fold(name));
        if (distance < least && distance < name.length()) {
          least = distance;
          nearest = name;
        }
      }
    }
    return Optional.ofNullable(nearest);
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  /// Three rows of the usual table: the one before last is for the swap.
  static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      int[] spare = beforeLast;
      beforeLast = last;
      last = row;
      row = spare;
    }
    return last[b.length()];
  }
}

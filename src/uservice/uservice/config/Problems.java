package uservice.config;

import module java.base;

/// Everything that is wrong with one configuration, in the order of the file, then of the variables, then of `--set`.
public final class Problems {
  /// How many are printed; the count at the end is that of all.
  static final int SHOWN_MAX = 100;

  /// A problem and the text that it stands in.
  record Found(Input input, Problem problem) {}

  private static final Comparator<Found> ORDER = Comparator.<Found>comparingInt(found -> found.input().order())
      .thenComparingInt(found -> found.problem().at().line())
      .thenComparingInt(found -> found.problem().at().column());

  private final List<Found> found;

  Problems(List<Found> found) {
    var sorted = new ArrayList<>(found);
    sorted.sort(ORDER);
    this.found = List.copyOf(sorted);
  }

  /// Each problem, for a log or a status page.
  public List<Problem> list() {
    return found.stream().map(Found::problem).toList();
  }

  /// For people: each problem on its line, the line of the source below it with the place marked, and the count at the
  /// end: `2 problems; nothing was started` where `consequence` is `nothing was started`. Ends with a line feed.
  public String render(String consequence) {
    var out = new StringBuilder();
    for (Found each : found.subList(0, Math.min(found.size(), SHOWN_MAX))) {
      out.append(each.problem().line()).append('\n');
      Excerpt.append(out, each.input(), each.problem().at());
    }
    if (found.size() > SHOWN_MAX) {
      out.append("... and ").append(found.size() - SHOWN_MAX).append(" more\n");
    }
    out.append(found.size()).append(found.size() == 1 ? " problem" : " problems");
    return out.append("; ").append(consequence).append('\n').toString();
  }

  /// As [#render] with nothing said of the consequence.
  @Override
  public String toString() {
    return render("the configuration is refused");
  }
}

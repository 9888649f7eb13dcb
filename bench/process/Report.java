package process;

import module java.base;
import process.Chart.Bar;

/// One Markdown page with its charts beside it, and the same figures as JSON.
final class Report {
  /// A figure, and what is to be reached, where that is said.
  record Figure(String what, double value, String unit, String reach, boolean met) {}

  private final Path folder;
  private final String name;
  private final StringBuilder page = new StringBuilder();
  private final List<Figure> figures = new ArrayList<>();

  /// The page is the file `name` in this folder.
  Report(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  void line(String text) {
    page.append(text).append('\n');
  }

  /// Adds a figure that has to be at most (or, with `atLeast`, at least) `bound`.
  void figure(String what, double value, String unit, boolean atLeast, double bound) {
    boolean met = atLeast ? value >= bound : value <= bound;
    figures.add(new Figure(what, value, unit, (atLeast ? "≥ " : "≤ ") + number(bound), met));
  }

  void chart(String name, String title, String unit, List<Bar> bars) throws IOException {
    Files.writeString(folder.resolve(name + ".svg"), Chart.bars(unit, bars));
    line("\n## " + title + "\n\n![" + title + "](" + name + ".svg)\n\n| | " + unit + " |\n|---|---|");
    bars.forEach(bar -> line("| " + bar.label() + " | " + number(bar.value()) + " |"));
  }

  void write() throws IOException {
    var table = new StringBuilder("| what | measured | reach | |\n|---|---|---|---|\n");
    figures.forEach(figure -> table.append("| %s | %s %s | %s | %s |\n".formatted(
        figure.what(), number(figure.value()), figure.unit(), figure.reach(), figure.met() ? "reached" : "**missed**")));
    Files.writeString(folder.resolve(name), page.toString().replace("FIGURES\n", table));
    System.out.print(table);
  }

  /// Three significant digits, no exponent.
  static String number(double value) {
    if (value == 0) {
      return "0";
    }
    return new BigDecimal(value).round(new MathContext(value >= 1000 ? 4 : 3)).stripTrailingZeros().toPlainString();
  }
}

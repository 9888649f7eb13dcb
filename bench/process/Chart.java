package process;

import module java.base;

/// A small bar chart as SVG: one bar a row, the value behind it.
final class Chart {
  record Bar(String label, double value) {}

  private static final int ROW = 26;
  private static final int LABEL = 250;
  private static final int WIDTH = 640;
  private static final int VALUE = 90;

  private Chart() {}

  static String bars(String unit, List<Bar> bars) {
    double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
    var svg = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">\n"
        .formatted(WIDTH, bars.size() * ROW + 8));
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      double length = (WIDTH - LABEL - VALUE) * bar.value() / most;
      svg.append(String.format(Locale.ROOT, """
            <text x="%d" y="%d" text-anchor="end" fill="#555">%s</text>
            <rect x="%d" y="%d" width="%.1f" height="16" rx="2" fill="#3b7dd8"/>
            <text x="%.1f" y="%d" fill="#555">%s %s</text>
          """, LABEL - 8, i * ROW + 19, escape(bar.label()), LABEL, i * ROW + 6, length, LABEL + length + 6, i * ROW + 19, Report.number(bar.value()), unit));
    }
    return svg.append("</svg>\n").toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}

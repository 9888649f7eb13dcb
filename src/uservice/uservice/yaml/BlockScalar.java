package uservice.yaml;

import module java.base;
import uservice.yaml.Node.Scalar;

/// Literal and folded blocks: header, indentation, chomping, folding (YAML 1.2.2, section 8.1).
final class BlockScalar {
  private final Cursor c;
  private boolean folded;
  private byte chomping; // '-', '+', or 0 for one break at the end
  private int breaks; // since the last line of text; empty lines where there was none
  private boolean spaced; // whether the last line of text started with a blank, and so is not folded
  private int last; // the end of the last line of text

  BlockScalar(Cursor cursor) {
    this.c = cursor;
  }

  /// The scalar whose `|` or `>` stands here, in a node at indentation `n`; ends at the content that follows it.
  Scalar read(int n) throws YamlException {
    Mark start = c.mark(c.at);
    folded = c.text[c.at] == '>';
    int increment = header();
    last = c.at;
    int line = c.lineEnd(last) + 1;
    c.checkPrintable(last, line);
    int indent = increment > 0 ? n + increment : detect(line, n + 1);
    line = lines(line, indent);
    c.take('\n', chomping == '+' ? breaks : chomping == '-' || last == c.at ? 0 : 1);
    String text = c.taken();
    Mark end = c.mark(last);
    c.line(line);
    return new Scalar(text, folded ? Style.FOLDED : Style.LITERAL, start, end);
  }

  /// The indicators; returns that of indentation, or 0. `at` is then behind them.
  private int header() throws YamlException {
    int increment = 0;
    chomping = 0;
    int i = c.at + 1;
    for (boolean more = true; more; i += more ? 1 : 0) {
      byte unit = c.text[i];
      if (increment == 0 && unit >= '1' && unit <= '9') {
        increment = unit - '0';
      } else if (chomping == 0 && (unit == '-' || unit == '+')) {
        chomping = unit;
      } else {
        more = false;
      }
    }
    int rest = c.skipBlanks(i);
    if (c.text[rest] != '\n' && (c.text[rest] != '#' || rest == i)) {
      throw c.lineFault(rest, "expected the end of the line after '" + c.slice(c.at, i)
          + "', found " + c.found(rest) + "; indentation is a digit from 1 to 9, chomping '-' or '+'");
    }
    c.at = i;
    return increment;
  }

  /// The indentation of the first line that is not empty, or of the longest empty one (section 8.1.1.1).
  private int detect(int first, int least) throws YamlException {
    int longest = least;
    int longestLine = first;
    int line = first;
    while (line < c.end && !c.isMarker(line)) {
      int i = c.skipSpaces(line);
      int spaces = i - line;
      if (c.text[i] != '\n') {
        if (spaces >= least && longest > spaces) {
          throw c.fault(longestLine, longestLine + longest, "empty line is indented by " + longest
              + ", expected at most the " + spaces + " of the first line of text");
        }
        return spaces >= least ? spaces : longest;
      } else if (spaces > longest) {
        longest = spaces;
        longestLine = line;
      }
      line = i + 1;
    }
    return longest;
  }

  /// Puts the lines into the scratch; returns the start of the first line that is not part of it.
  private int lines(int first, int indent) throws YamlException {
    breaks = 0;
    boolean text = false;
    int line = first;
    while (line < c.end && !c.isMarker(line)) {
      int i = Math.min(c.skipSpaces(line), line + indent);
      int lineEnd = c.lineEnd(i);
      if (i - line < indent && i < lineEnd) {
        if (c.text[i] == '\t') {
          throw c.tabFault(line);
        }
        return line;
      }
      if (i < lineEnd) {
        c.checkPrintable(i, lineEnd);
        separate(text, Cursor.isBlank(c.text[i]));
        c.take(i, lineEnd);
        text = true;
        last = lineEnd;
        breaks = 0;
      }
      breaks++;
      line = lineEnd + 1;
    }
    return line;
  }

  /// The breaks before a line of text: kept, or folded where neither line starts with a blank (section 8.1.3).
  private void separate(boolean text, boolean spacedNow) {
    if (!folded || !text || spaced || spacedNow) {
      c.take('\n', breaks);
    } else if (breaks == 1) {
      c.take(' ', 1);
    } else {
      c.take('\n', breaks - 1);
    }
    spaced = spacedNow;
  }
}

package uservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Program;

/// What a start with everything on the module path, up to the first answer, leaves alone.
@Timeout(120)
class StartTest {
  @TempDir private Path folder;

  @Test void preparesNothingThatNobodyAskedFor() throws Exception {
    Path log = folder.resolve("classes.log");
    var java = new ArrayList<>(Program.java());
    java.add(1, "-Xlog:class+init=info:file=" + log);
    try (var program = Program.launch(folder, Map.of(), java, "start", "--set", "health.port=0", "--set", "web.port=0", "--set", "shutdown.delay=0s")) {
      Http.Answer answer = Http.get(program.port("health_port"), "/health/ready");
      assertEquals(200, answer.status());
      String date = answer.header("Date");
      assertEquals(date, DateTimeFormatter.RFC_1123_DATE_TIME.format(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)).replaceFirst(", (\\d) ", ", 0$1 "));
      Set<String> initialized = initialized(log);
      // What a Date would take, see FirstAnswer.
      assertTrue(initialized.contains("uservice.http.Greenwich") && initialized.contains("uservice.http.DateNames"), "the log tells classes");
      assertFalse(initialized.contains("sun.text.resources.cldr.FormatData"), "the tables of names were read");
      assertFalse(initialized.contains("sun.util.calendar.ZoneInfoFile"), "the table of time zones was read");
      // Its tables take 30 ms.
      assertFalse(initialized.contains("java.math.BigDecimal"), "a big number was calculated");
      program.signal("TERM");
      assertEquals(0, program.exit(), program.out());
    }
  }

  private static Set<String> initialized(Path log) throws IOException {
    var names = new HashSet<String>();
    for (String line : Files.readAllLines(log)) {
      int from = line.indexOf("Initializing '");
      if (from >= 0) {
        names.add(line.substring(from + 14, line.indexOf('\'', from + 14)).replace('/', '.'));
      }
    }
    return names;
  }
}

package uservice;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Program;

/// What `parse` prints, as a process.
@Timeout(60)
class ParseTest {
  private static final List<String> NAMES = List.of("zeta", "eta", "theta", "iota", "alpha", "omega", "beta", "kappa");

  @TempDir Path folder;

  /// A map that is copied the JDK's way has another order in each process.
  @Test void printsMapsInTheOrderOfTheFile() throws Exception {
    String levels = NAMES.stream().map(name -> name + ": debug").collect(Collectors.joining(", "));
    String headers = NAMES.stream().map(name -> name + ": secret").collect(Collectors.joining(", "));
    String checks = NAMES.stream().map(name -> name + ": {tcp: 'h:1'}").collect(Collectors.joining(", "));
    Files.writeString(folder.resolve("uservice.yaml"), "log: {levels: {" + levels + "}}\ntrace: {headers: {" + headers + "}}\nhealth: {checks: {" + checks + "}}\n");
    try (var program = Program.run(folder, Map.of(), "parse")) {
      assertEquals(0, program.exit(), program.err());
      for (String end : List.of(": debug", ": \"***\"", ":")) {
        List<String> printed = program.out().lines().map(String::strip).filter(line -> NAMES.stream().anyMatch(name -> line.equals(name + end)))
            .map(line -> line.substring(0, line.length() - end.length())).toList();
        assertEquals(NAMES, printed, end + " in\n" + program.out());
      }
    }
  }
}

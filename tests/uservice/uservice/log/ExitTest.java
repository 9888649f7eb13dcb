package uservice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import uservice.json.Json;

/// A process of its own loses no line, however it ends.
class ExitTest {
  @TempDir Path folder;

  @Test void losesNothingAtExit() throws Exception {
    assertLines("exit", 3, LastLines.LINES);
  }

  @Test void losesNothingAtTheEndOfMain() throws Exception {
    assertLines("end", 0, LastLines.LINES);
  }

  @Test void losesNothingAtAnUncaughtException() throws Exception {
    assertLines("uncaught", 1, LastLines.LINES);
  }

  @Test void losesNothingOfAShutdownHook() throws Exception {
    assertLines("hook", 0, LastLines.LINES + LastLines.IN_HOOK);
  }

  /// That manager takes the handler away in a hook of its own, at the same time: what is logged before it is back may be lost, nothing else.
  @Test void comesBackInAShutdownHookUnderTheJdksManager() throws Exception {
    List<Integer> numbers = numbers("early", 0);
    assertEquals(IntStream.range(0, LastLines.LINES).boxed().toList(), numbers.subList(0, LastLines.LINES), this::error);
    assertEquals(LastLines.LINES + LastLines.IN_HOOK - 1, numbers.getLast(), this::error);
    assertEquals(List.copyOf(new TreeSet<>(numbers)), numbers, "in order, none twice");
  }

  @Test void haltsWithALateLineWritten() throws Exception {
    assertLines("closed", 4, LastLines.LINES + 1);
  }

  private void assertLines(String way, int code, int count) throws Exception {
    assertEquals(IntStream.range(0, count).boxed().toList(), numbers(way, code), this::error);
  }

  /// The numbers of the lines that the program wrote, which it ended with this code.
  private List<Integer> numbers(String way, int code) throws Exception {
    Path out = folder.resolve("out");
    Process process = new ProcessBuilder(command(way)).redirectOutput(out.toFile()).redirectError(folder.resolve("err").toFile()).start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("it did not end");
      }
    } finally {
      process.destroyForcibly();
    }
    assertEquals(code, process.exitValue(), this::error);
    return Files.readAllLines(out).stream().map(line -> ((Json.Obj) Json.parse(line)).members())
        .filter(line -> line.get("logger").equals(new Json.Str("last"))).map(line -> Math.toIntExact(((Json.Num) line.get("i")).longValue())).toList(); // the JDK logs an exit too
  }

  private String error() {
    try {
      return Files.readString(folder.resolve("err"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// From the modules that this JVM was given, or else from its class path.
  private static List<String> command(String way) throws Exception {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
    String modules = System.getProperty("jdk.module.path");
    if (modules != null) {
      Path tests = Path.of(LastLines.class.getResource("LastLines.class").toURI()).getParent().getParent().getParent();
      command.addAll(List.of("-p", modules, "--patch-module", "uservice=" + tests, "-m", "uservice/" + LastLines.class.getName()));
    } else {
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), LastLines.class.getName()));
    }
    command.add(way);
    return command;
  }
}

package testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import module java.base;
import java.util.concurrent.atomic.LongAdder;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs the tests that are named, `package.Class` or `package.Class#method` (`@FILE` reads names from a file), says what failed and what was skipped and why,
/// and ends with `N passed, N failed, N skipped` alone on a line. Exit 1 when a test failed or none ran.
///
/// `--beside=PACKAGE,…`: tests below these packages run in a process beside this one, whose output follows. They are those that wait for
/// servers and browsers for most of their time.
public final class RunTests {
  private static final String BESIDE = "--beside=";

  public static void main(String[] arguments) throws Exception {
    var names = new ArrayList<String>();
    List<String> beside = List.of();
    for (String argument : arguments) {
      if (argument.startsWith("@")) {
        names.addAll(Files.readAllLines(Path.of(argument.substring(1))));
      } else if (argument.startsWith(BESIDE)) {
        beside = List.of(argument.substring(BESIDE.length()).split(","));
      } else {
        names.add(argument);
      }
    }
    List<String> packages = beside;
    Map<Boolean, List<String>> lanes = names.stream().collect(Collectors.partitioningBy(name -> packages.stream().anyMatch(each -> name.startsWith(each + "."))));
    Optional<Beside> other = lanes.get(true).isEmpty() || lanes.get(false).isEmpty() ? Optional.empty() : Optional.of(Beside.start(lanes.get(true)));
    LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
        .selectors((other.isPresent() ? lanes.get(false) : names).stream().map(RunTests::named).toList())
        .build();
    var tally = new Tally();
    LauncherFactory.create().execute(request, tally);
    System.exit(tally.finish(other.isPresent() ? other.get().end() : new Counts(0, 0, 0)));
  }

  private record Counts(long passed, long failed, long skipped) {
    private static final java.util.regex.Pattern LINE = java.util.regex.Pattern.compile("(\\d+) passed, (\\d+) failed, (\\d+) skipped");

    /// What a line says; null where it is another.
    static Counts of(String line) {
      var found = LINE.matcher(line);
      return found.matches() ? new Counts(Long.parseLong(found.group(1)), Long.parseLong(found.group(2)), Long.parseLong(found.group(3))) : null;
    }
  }

  /// The process beside, with what it prints kept until it is asked for.
  private record Beside(Process process, Path output) {
    static Beside start(List<String> names) throws IOException {
      Path output = Files.createTempFile("tests", ".log");
      var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@build/tests/options", RunTests.class.getName()));
      command.addAll(names);
      return new Beside(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start(), output);
    }

    /// Waits for its end and prints its output but for the last line, which is what this returns; one more failure where it ended without.
    Counts end() throws Exception {
      int exit = process.waitFor();
      Counts last = null;
      for (String line : new String(Files.readAllBytes(output), StandardCharsets.UTF_8).lines().toList()) {
        Counts counts = Counts.of(line);
        last = counts == null ? last : counts;
        if (counts == null) {
          System.out.println(line);
        }
      }
      Files.delete(output);
      boolean ended = last != null && exit == (last.failed == 0 && last.passed > 0 ? 0 : 1);
      if (!ended) {
        System.out.println("FAILED the process beside ended with " + exit + (last == null ? " and without its last line" : ""));
      }
      return ended ? last : new Counts(0, 1, 0);
    }
  }

  private static DiscoverySelector named(String name) {
    int method = name.indexOf('#');
    String type = method < 0 ? name : name.substring(0, method);
    Class<?> found = ModuleLayer.boot().modules().stream()
        .map(module -> Class.forName(module, type))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no test class " + type));
    return method < 0 ? selectClass(found) : selectMethod(found, name.substring(method + 1));
  }

  /// Counts tests, and keeps what a reader wants to know at the end.
  private static final class Tally implements TestExecutionListener {
    private final LongAdder passed = new LongAdder();
    private final List<String> failed = Collections.synchronizedList(new ArrayList<>());
    private final List<String> skipped = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Long> started = new ConcurrentHashMap<>();

    @Override public void executionStarted(TestIdentifier test) {
      started.put(test.getUniqueId(), System.nanoTime());
    }

    @Override public void executionSkipped(TestIdentifier test, String reason) {
      skipped.add(name(test) + ": " + reason);
    }

    @Override public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isContainer() && result.getStatus() == Status.SUCCESSFUL) {
        if (test.getParentId().isPresent() && test.getType().isContainer() && !test.getType().isTest()
            && test.getUniqueId().lastIndexOf("[class:") > test.getUniqueId().lastIndexOf("[method:")) {
          System.out.printf("%7d ms  %s%n", (System.nanoTime() - started.get(test.getUniqueId())) / 1_000_000, name(test));
        }
        return;
      }
      switch (result.getStatus()) {
        case SUCCESSFUL -> passed.increment();
        case ABORTED -> skipped.add(name(test) + ": " + result.getThrowable().map(Throwable::getMessage).orElse(""));
        case FAILED -> {
          failed.add(name(test));
          System.out.println("FAILED " + name(test));
          result.getThrowable().ifPresent(thrown -> thrown.printStackTrace(System.out));
        }
      }
    }

    int finish(Counts beside) {
      skipped.forEach(line -> System.out.println("skipped " + line));
      failed.forEach(line -> System.out.println("failed  " + line));
      System.out.printf("%d passed, %d failed, %d skipped%n", passed.sum() + beside.passed, failed.size() + beside.failed, skipped.size() + beside.skipped);
      return failed.isEmpty() && beside.failed == 0 && passed.sum() > 0 ? 0 : 1;
    }

    private static String name(TestIdentifier test) {
      return test.getUniqueId().replaceAll("\\[(engine|class|nested-class|method|test-template|test-template-invocation|test-factory|dynamic-test|dynamic-container):([^\\]]*)]", "$2")
          .replaceFirst("^junit-jupiter/", "").replace("()", "");
    }
  }
}

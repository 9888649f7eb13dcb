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
public final class RunTests {
  public static void main(String[] arguments) throws Exception {
    var names = new ArrayList<String>();
    for (String argument : arguments) {
      if (argument.startsWith("@")) {
        names.addAll(Files.readAllLines(Path.of(argument.substring(1))));
      } else {
        names.add(argument);
      }
    }
    LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
        .selectors(names.stream().map(RunTests::named).toList())
        .build();
    var tally = new Tally();
    LauncherFactory.create().execute(request, tally);
    System.exit(tally.finish());
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

    int finish() {
      skipped.forEach(line -> System.out.println("skipped " + line));
      failed.forEach(line -> System.out.println("failed  " + line));
      System.out.printf("%d passed, %d failed, %d skipped%n", passed.sum(), failed.size(), skipped.size());
      return failed.isEmpty() && passed.sum() > 0 ? 0 : 1;
    }

    private static String name(TestIdentifier test) {
      return test.getUniqueId().replaceAll("\\[(engine|class|nested-class|method|test-template|test-template-invocation|test-factory|dynamic-test|dynamic-container):([^\\]]*)]", "$2")
          .replaceFirst("^junit-jupiter/", "").replace("()", "");
    }
  }
}

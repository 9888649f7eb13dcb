package uservice;

import module java.base;
import uservice.health.Detail;
import uservice.health.Health;
import uservice.health.Probe;
import uservice.lifecycle.Lifecycle;
import uservice.lifecycle.State;
import uservice.log.Logging;
import uservice.metrics.Counter;
import uservice.metrics.Family;
import uservice.metrics.Metrics;
import uservice.metrics.ProcessMetrics;
import uservice.metrics.Type;

/// The series that every service has.
final class Vitals {
  private final Family<Counter> signals;

  Vitals(Metrics metrics, Health health, Lifecycle lifecycle, Logging logging) {
    ProcessMetrics.register(metrics);
    metrics.info("uservice_build_info", "What this is built of; always 1.", "version", Build.version(), "java_version", Build.java());
    metrics.states("uservice_state", "Which state the service is in: 1 for that one, 0 for the others.", "state", State.class, lifecycle::state);
    metrics.collect("uservice_check_valid", Type.GAUGE, "Whether a check is valid, for each probe that it counts for.", List.of("check", "probe"),
        emitter -> {
          for (Probe probe : Probe.values()) {
            for (Detail detail : health.verdict(probe).details()) {
              emitter.emit(detail.valid() ? 1 : 0, detail.name(), probe.name().toLowerCase(Locale.ROOT));
            }
          }
        });
    metrics.counter("uservice_log_dropped_total", "Log lines that were dropped because standard output did not take them.", logging::dropped);
    signals = metrics.counter("uservice_signals_total", "Signals received.", "signal");
  }

  /// `action`, counted under the signal's name each time before it runs.
  Runnable counted(String signal, Runnable action) {
    Counter counter = signals.with(signal);
    return () -> {
      counter.increment();
      action.run();
    };
  }
}

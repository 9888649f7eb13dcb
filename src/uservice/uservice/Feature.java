package uservice;

import module java.base;

/// What a module adds to the service: a section of the configuration, and what runs when that section is there.
///
/// A module that `provides uservice.Feature with …` is found by itself; [Uservice#run] takes further ones by hand. The
/// package of the configuration record must be readable here: export it, or `opens` it to module `uservice`.
///
/// @param <C> the record that stands under the section's key
public interface Feature<C extends Record> {
  /// The section's key in the configuration.
  String section();

  /// The record that the section is bound to.
  Class<C> config();

  /// Starts the feature: registers its routes, checks, metrics and stop actions with `service`, opens what it needs. Called
  /// once, on the thread that starts the service, before any traffic. What it throws ends the start; the stop actions that
  /// were registered by then run.
  ///
  /// @throws uservice.cli.Failure if something outside the program prevents the start: its message is all that is shown
  void start(Service service, C config) throws Exception;

  /// Takes over a section that changed while running; returns false if that takes a restart, which a warning then says.
  /// `config` has been validated. Called on the reloading thread, one reload at a time.
  default boolean reload(Service service, C config) throws Exception {
    return false;
  }

  /// Whether the feature runs: by default when its section is in the configuration. `command` is what follows `--`
  /// on the command line of `start`, empty where there is nothing.
  default boolean wanted(boolean sectionPresent, List<String> command) {
    return sectionPresent;
  }

  /// Whether the feature, so configured, adds routes to the data port: the port is then named in files for a deployment. Nothing
  /// is started to find out, so a feature without routes says it here.
  default boolean serves(C config) {
    return true;
  }

  /// Whether this is the feature that shows itself where nothing at all was configured.
  default boolean sample() {
    return false;
  }
}

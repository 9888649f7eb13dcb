package uservice.manifest;

import static uservice.manifest.Tree.map;

import module java.base;
import uservice.manifest.YamlText.Raw;

/// What of a file people change: as values where the file is final, as expressions where it is a template. The files are built
/// from one or the other, and so cannot differ.
///
/// @param name what all objects are called
/// @param namespace null where the file names none
/// @param scaling the condition of a template under which the number of pods is not in the Deployment; null where this is final
/// @param file the configuration's text
/// @param sum its sum
/// @param own variables that hold what the template lets people change
record Slots(Object name, Object namespace, Object instance, Object image, Object replicas, Object replicasMax, String scaling, Object memory, Object cpu,
    Object health, Object web, Object grace, Object file, Object sum, Function<String, Object> probe, Map<String, Object> own) {
  private static final String RELEASE = "{{ printf \"%q\" .Release.Name }}";

  /// The values themselves.
  static Slots of(Facts facts, Wanted wanted) {
    return new Slots(facts.name(), wanted.namespace().orElse(null), facts.name(), wanted.image(), wanted.replicas(), wanted.replicasMax(), null,
        wanted.memory(), wanted.cpu(), facts.health(), facts.web().isPresent() ? facts.web().getAsInt() : null, facts.graceSeconds(),
        facts.carried().text(), facts.carried().sum(), probe -> facts.prefix() + "/" + probe, Map.of());
  }

  /// Expressions of a chart. Ports, prefix and grace period are variables of the container, above the file: a value that somebody
  /// changes reaches the service and the probes alike.
  static Slots helm(Facts facts) {
    var own = map(
        "USERVICE_HEALTH_PORT", new Raw("{{ printf \"%v\" .Values.ports.health | printf \"%q\" }}"),
        "USERVICE_HEALTH_PREFIX", new Raw("{{ printf \"%q\" .Values.prefix }}"),
        "USERVICE_WEB_PORT", facts.web().isPresent() ? new Raw("{{ printf \"%v\" .Values.ports.web | printf \"%q\" }}") : null,
        "USERVICE_SHUTDOWN_GRACE", new Raw("{{ printf \"%vs\" .Values.terminationGracePeriodSeconds | printf \"%q\" }}"));
    return new Slots(new Raw(RELEASE), null, new Raw(RELEASE), new Raw("{{ printf \"%q\" .Values.image }}"),
        new Raw("{{ .Values.replicas.min }}"), new Raw("{{ .Values.replicas.max }}"), ".Values.replicas.scaled", new Raw("{{ .Values.resources.memory }}"),
        new Raw("{{ .Values.resources.cpu }}"), new Raw("{{ .Values.ports.health }}"), facts.web().isPresent() ? new Raw("{{ .Values.ports.web }}") : null,
        new Raw("{{ .Values.terminationGracePeriodSeconds }}"), new Raw("{{ printf \"%q\" .Values.config }}"),
        new Raw("{{ .Values.config | sha256sum | printf \"%q\" }}"), probe -> new Raw("{{ printf \"%s/" + probe + "\" .Values.prefix | printf \"%q\" }}"), own);
  }

  /// A name with something appended.
  Object named(String more) {
    return name instanceof Raw ? more.isEmpty() ? name : new Raw("{{ printf \"%s" + more + "\" .Release.Name | printf \"%q\" }}") : name + more;
  }

  /// Whether the number of pods changes by itself.
  boolean scaled() {
    return scaling != null || !replicas.equals(replicasMax);
  }
}

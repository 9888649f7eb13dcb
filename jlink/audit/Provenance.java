package audit;

import module java.base;

/// How the artifacts came to be, as an in-toto statement (in-toto Attestation Framework, "Statement" v1) with SLSA's provenance
/// (SLSA v1.0, "Provenance") as its predicate. It is not signed: whoever builds for others signs it with a key of theirs,
/// `cosign attest --type slsaprovenance1 --predicate …` say.
final class Provenance {
  private static final String STATEMENT = "https://in-toto.io/Statement/v1";
  private static final String PREDICATE = "https://slsa.dev/provenance/v1";
  /// What `make runtime image` does with these parameters.
  private static final String BUILD_TYPE = "urn:uservice:build:make:v1";
  private static final String BUILDER = "urn:uservice:builder:make";
  private static final Set<String> NAMED = Set.of("lib/modules", "lib/server/libjvm.so", "lib/server/classes.jsa");

  private final Facts facts;

  Provenance(Facts facts) {
    this.facts = facts;
  }

  Map<String, Object> statement() {
    var definition = Facts.ordered("buildType", BUILD_TYPE,
        "externalParameters", Facts.ordered("version", facts.version(), "date", facts.date(), "modules", List.copyOf(facts.jars().names())),
        "internalParameters", Facts.ordered("jdk", facts.release("JAVA_RUNTIME_VERSION")),
        "resolvedDependencies", dependencies());
    return Facts.ordered("_type", STATEMENT, "subject", subjects(), "predicateType", PREDICATE,
        "predicate", Facts.ordered("buildDefinition", definition, "runDetails", Facts.ordered("builder", Facts.ordered("id", BUILDER))));
  }

  private List<Object> subjects() {
    var subjects = new ArrayList<>();
    facts.jars().files().forEach(jar -> subjects.add(resource("modules/" + jar.path(), "sha256", jar.sha256())));
    facts.linked().ifPresent(runtime -> runtime.files().stream().filter(file -> NAMED.contains(file.path()))
        .forEach(file -> subjects.add(resource("runtime/" + file.path(), "sha256", file.sha256()))));
    facts.image().ifPresent(image -> subjects.add(resource("image", "sha256", image.digest().substring("sha256:".length()))));
    return subjects;
  }

  private List<Object> dependencies() {
    var dependencies = new ArrayList<>(List.<Object>of(resource("jdk/lib/modules", "sha256", facts.jdkModules())));
    facts.revision().ifPresent(commit -> dependencies.add(resource("source", "gitCommit", commit)));
    facts.image().ifPresent(image -> image.layers().stream().filter(layer -> !layer.ours())
        .forEach(layer -> dependencies.add(resource("base layer", "sha256", layer.digest().substring("sha256:".length())))));
    return dependencies;
  }

  private static Map<String, Object> resource(String name, String algorithm, String digest) {
    return Facts.ordered("name", name, "digest", Facts.ordered(algorithm, digest));
  }
}

package audit;

import module java.base;

/// The software bill of materials and the exploitability statement that goes with it, as CycloneDX 1.6 JSON.
///
/// The application has its modules as parts; the JDK is its one component from elsewhere. What the hash of the JDK is taken of
/// stands beside it as a property, so that anyone with the same download can compare.
final class Bill {
  private static final String SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json";
  /// The name space for serial numbers (RFC 9562, section 5.5); any fixed UUID does.
  private static final UUID NAME_SPACE = UUID.fromString("5d0c3a52-6b1e-5e0c-9f5b-7f0c0b0a6d11");

  private final Facts facts;

  Bill(Facts facts) {
    this.facts = facts;
  }

  Map<String, Object> sbom() {
    var bill = document();
    var application = component("application", "uservice", facts.version());
    application.put("description", "Probes, metrics, logs, configuration and an orderly stop on the plain JDK");
    application.put("components", facts.jars().files().stream().map(this::module).toList());
    bill.put("metadata", Facts.ordered("timestamp", facts.date(), "component", application));
    bill.put("components", List.of(jdk()));
    bill.put("dependencies", List.of(Facts.ordered("ref", "uservice", "dependsOn", List.of("jdk")), Facts.ordered("ref", "jdk", "dependsOn", List.of())));
    bill.put("serialNumber", serial(bill));
    return bill;
  }

  /// A statement without a single vulnerability, bound to the bill: the place to put one as soon as a scanner reports it, with
  /// the analysis that says whether it can be reached.
  Map<String, Object> vex() {
    var vex = document();
    var application = component("application", "uservice", facts.version());
    vex.put("metadata", Facts.ordered("timestamp", facts.date(), "component", application));
    // BOM-Link: urn:cdx:SERIAL/VERSION
    String link = "urn:cdx:" + sbom().get("serialNumber").toString().substring("urn:uuid:".length()) + "/1";
    vex.put("externalReferences", List.of(Facts.ordered("type", "bom", "url", link)));
    vex.put("vulnerabilities", List.of());
    vex.put("serialNumber", serial(vex));
    return vex;
  }

  private Map<String, Object> document() {
    return Facts.ordered("$schema", SCHEMA, "bomFormat", "CycloneDX", "specVersion", "1.6", "version", 1);
  }

  private Map<String, Object> component(String type, String name, String version) {
    return Facts.ordered("type", type, "bom-ref", name, "name", name, "version", version);
  }

  private Map<String, Object> module(Item jar) {
    Map<String, Object> module = component("library", jar.path().replaceFirst("\\.jar$", ""), facts.version());
    module.put("bom-ref", "module:" + module.get("name"));
    module.put("hashes", hashes(jar.sha256()));
    return module;
  }

  private Map<String, Object> jdk() {
    var jdk = Facts.ordered("type", "platform", "bom-ref", "jdk", "supplier", Facts.ordered("name", facts.release("IMPLEMENTOR")),
        "name", "OpenJDK", "version", facts.release("JAVA_RUNTIME_VERSION"), "hashes", hashes(facts.jdkModules()));
    jdk.put("licenses", List.of(Facts.ordered("expression", "GPL-2.0-only WITH Classpath-exception-2.0")));
    jdk.put("properties", List.of(
        Facts.ordered("name", "uservice:hashed", "value", "lib/modules of the JDK that the runtime was linked from"),
        Facts.ordered("name", "uservice:modules", "value", String.join(" ", facts.jdkModuleNames()))));
    return jdk;
  }

  private static List<Object> hashes(String sha256) {
    return List.of(Facts.ordered("alg", "SHA-256", "content", sha256));
  }

  /// A version 5 UUID of the document: the same content has the same number.
  private static String serial(Map<String, Object> document) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(ByteBuffer.allocate(16).putLong(NAME_SPACE.getMostSignificantBits()).putLong(NAME_SPACE.getLeastSignificantBits()).flip());
      ByteBuffer hash = ByteBuffer.wrap(sha1.digest(Facts.json(document).getBytes(StandardCharsets.UTF_8)));
      long high = hash.getLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x5000L;
      long low = hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
      return "urn:uuid:" + new UUID(high, low);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("BUG: every JDK has SHA-1", impossible);
    }
  }
}

package uservice.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

/// Whatever the bytes are, there is a tree or a [YamlException], and the same one each time.
class YamlFuzzTest {
  private static final int MUTANTS_PER_FILE = 60;
  private static final List<String> BITS = List.of(" ", "  ", "\t", "\n", "\r\n", ":", ": ", "-", "- ", "#", " #", "\"", "'", ",", "[",
      "]", "{", "}", "|", ">", "|2-\n", "?", "\\", "&a ", "*a", "!t ", "<<: ", "---\n", "...\n", "%", "@", "é", "😀", "\uFEFF", "\0");

  private final Random random = new Random(20260130);

  @Test void parsesOrRefusesMutants() throws IOException {
    int trees = 0;
    int faults = 0;
    for (byte[] seed : seeds()) {
      for (int i = 0; i < MUTANTS_PER_FILE; i++) {
        byte[] mutant = mutant(seed);
        String first = outcome(mutant);
        assertEquals(first, outcome(mutant), () -> new String(mutant, StandardCharsets.UTF_8));
        trees += first.startsWith("fault") ? 0 : 1;
        faults += first.startsWith("fault") ? 1 : 0;
      }
    }
    assertTrue(trees > 1000 && faults > 1000, trees + " trees, " + faults + " faults");
  }

  @Test void parsesOrRefusesNoise() {
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder();
      for (int length = random.nextInt(12); length > 0; length--) {
        text.append(random.nextInt(4) == 0 ? "a" : BITS.get(random.nextInt(BITS.size())));
      }
      outcome(text.toString().getBytes(StandardCharsets.UTF_8));
      byte[] bytes = new byte[random.nextInt(8)];
      random.nextBytes(bytes);
      outcome(bytes);
    }
  }

  /// A text that is cut anywhere is no reason to fail otherwise.
  @Test void parsesOrRefusesBeginnings() throws IOException {
    for (byte[] seed : seeds()) {
      for (int length = 0; length < Math.min(seed.length, 1500); length++) {
        outcome(Arrays.copyOf(seed, length));
      }
    }
  }

  /// The values survive being written as JSON, which is YAML, and read again.
  @Test void readsItsValuesBack() throws IOException {
    for (byte[] seed : seeds()) {
      for (int i = 0; i < MUTANTS_PER_FILE; i++) {
        try {
          Node tree = Yaml.parse(mutant(seed));
          if (finite(tree)) {
            String json = Rendered.json(tree, false);
            assertEquals(json, Rendered.json(Yaml.parse(json), false));
          }
        } catch (YamlException e) {
          assertTrue(!e.getMessage().isEmpty());
        }
      }
    }
  }

  private static boolean finite(Node node) {
    return switch (node) {
      case Node.Scalar scalar -> !(scalar.value() instanceof Double number) || Double.isFinite(number);
      case Node.Sequence sequence -> sequence.items().stream().allMatch(YamlFuzzTest::finite);
      case Node.Mapping mapping -> mapping.entries().stream().map(Node.Entry::value).allMatch(YamlFuzzTest::finite);
    };
  }

  private static String outcome(byte[] text) {
    try {
      Node tree = Yaml.parse(text);
      return tree + Rendered.events(tree).toString();
    } catch (YamlException e) {
      assertTrue(e.at().line() >= 1 && e.at().column() >= 1);
      assertTrue(e.at().line() < e.end().line() || e.at().line() == e.end().line() && e.at().column() <= e.end().column());
      assertTrue(e.getMessage().codePoints().noneMatch(Character::isISOControl), e.getMessage());
      return "fault " + Rendered.fault(e);
    }
  }

  private byte[] mutant(byte[] seed) {
    var bytes = new ArrayList<Byte>();
    for (byte unit : seed) {
      bytes.add(unit);
    }
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      int at = random.nextInt(bytes.size() + 1);
      int length = Math.min(random.nextInt(4), bytes.size() - at);
      switch (random.nextInt(4)) {
        case 0 -> bytes.subList(at, at + length).clear();
        case 1 -> bytes.addAll(at, List.copyOf(bytes.subList(at, at + length)));
        case 2 -> {
          if (length > 0) {
            bytes.set(at, (byte) random.nextInt());
          }
        }
        default -> {
          for (byte unit : BITS.get(random.nextInt(BITS.size())).getBytes(StandardCharsets.UTF_8)) {
            bytes.add(at++, unit);
          }
        }
      }
    }
    byte[] mutant = new byte[bytes.size()];
    for (int i = 0; i < mutant.length; i++) {
      mutant[i] = bytes.get(i);
    }
    return mutant;
  }

  private static List<byte[]> seeds() throws IOException {
    var seeds = new ArrayList<byte[]>();
    try (Stream<Path> files = Files.list(Path.of("tests/data/yaml"))) {
      for (Path file : files.filter(name -> name.toString().endsWith(".yaml")).sorted().toList()) {
        seeds.add(Files.readAllBytes(file));
      }
    }
    return seeds;
  }
}

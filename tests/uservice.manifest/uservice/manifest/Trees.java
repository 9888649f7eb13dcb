package uservice.manifest;

import module java.base;
import uservice.yaml.Node;
import uservice.yaml.Yaml;

/// Reads written files back, by the parser that reads configurations.
final class Trees {
  private Trees() {}

  static Object parse(String text) throws Exception {
    return tree(Yaml.parse(text));
  }

  /// Each document of a file.
  static List<Object> documents(String text) throws Exception {
    var documents = new ArrayList<Object>();
    for (String part : text.split("(?m)^---\n")) {
      documents.add(parse(part));
    }
    return documents;
  }

  private static Object tree(Node node) {
    return switch (node) {
      case Node.Scalar scalar -> scalar.value();
      case Node.Sequence sequence -> sequence.items().stream().map(Trees::tree).toList();
      case Node.Mapping mapping -> {
        var map = new LinkedHashMap<String, Object>();
        mapping.entries().forEach(entry -> map.put(entry.key().text(), tree(entry.value())));
        yield map;
      }
    };
  }

  /// What stands under the keys, of which numbers count items.
  static Object at(Object tree, Object... keys) {
    Object here = tree;
    for (Object key : keys) {
      here = key instanceof Integer index ? ((List<?>) here).get(index) : ((Map<?, ?>) here).get(key);
    }
    return here;
  }

  /// The document of a kind among these.
  static Object kind(List<Object> documents, String kind) {
    return documents.stream().filter(document -> kind.equals(at(document, "kind"))).findFirst().orElseThrow(() -> new AssertionError("no " + kind));
  }
}

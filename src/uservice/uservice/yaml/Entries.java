package uservice.yaml;

import module java.base;
import uservice.yaml.Node.Entry;
import uservice.yaml.Node.Mapping;
import uservice.yaml.Node.Scalar;

/// The entries of a mapping that is being read, and the rules for keys: none twice, no merge keys.
final class Entries {
  private static final int SEARCHED_MAX = 8; // so few are compared one by one

  private final ArrayList<Entry> entries = new ArrayList<>();
  private HashMap<String, Scalar> keys;

  /// Checks a key before its value is read, so that faults are found in the order of the text.
  void check(Scalar key) throws YamlException {
    Scalar first = first(key.text());
    if (first != null) {
      throw new YamlException(key.start(), key.end(), "key " + YamlException.quoted(key.text())
          + " is twice in this mapping, first at line " + first.start().line() + ", column " + first.start().column());
    } else if (key.style() == Style.PLAIN && key.text().equals("<<")) {
      throw new YamlException(key.start(), key.end(), 
          "merge key '<<' is not supported, expected the entries themselves, or quotes where it is text");
    }
  }

  void add(Scalar key, Node value) {
    entries.add(new Entry(key, value));
    if (keys != null) {
      keys.put(key.text(), key);
    } else if (entries.size() > SEARCHED_MAX) {
      keys = new HashMap<>(4 * SEARCHED_MAX);
      for (Entry entry : entries) {
        keys.put(entry.key().text(), entry.key());
      }
    }
  }

  /// A mapping without brackets around it.
  Mapping close() { return close(entries.getFirst().key().start(), entries.getLast().value().end()); }

  Mapping close(Mark start, Mark end) { return new Mapping(entries, start, end); }

  private Scalar first(String text) {
    if (keys != null) {
      return keys.get(text);
    }
    for (Entry entry : entries) {
      if (entry.key().text().equals(text)) {
        return entry.key();
      }
    }
    return null;
  }
}

package uservice.yaml;

import module java.base;

/// The tree that a text means; immutable. Every node knows where it starts and, exclusively, where it ends.
///
/// A value that is left out (`key:`) is a plain scalar with empty text, and stands right after its `:` or `-`.
public sealed interface Node {
  /// Where its first character stands.
  Mark start();

  /// Where its last character ends. A block collection ends with its last entry, a block scalar with its last line that
  /// is not blank.
  Mark end();

  /// A leaf: the text it means, unescaped and folded, and how it was written.
  record Scalar(String text, Style style, Mark start, Mark end) implements Node {
    /// The value by the core schema (YAML 1.2.2, section 10.3.2): `null`, [Boolean], [Long], [BigInteger], [Double] or
    /// [String]. Whatever is quoted or in a block is a String; so are `yes`, `no`, `on` and `off`.
    public Object value() { return style == Style.PLAIN ? CoreSchema.value(text) : text; }
  }

  /// Items in their order.
  record Sequence(List<Node> items, Mark start, Mark end) implements Node {
    /// Copies the items.
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /// Entries in the order of the text; no two keys have the same text.
  record Mapping(List<Entry> entries, Mark start, Mark end) implements Node {
    /// Copies the entries.
    public Mapping {
      entries = List.copyOf(entries);
    }
  }

  /// One `key: value` of a mapping.
  record Entry(Scalar key, Node value) {}
}

package audit;

import module java.base;

/// What is refused, and everything that was found of it.
final class Rules {
  private static final int SETUID_SETGID = 06000;
  private static final int STICKY = 01000;
  private static final int WRITABLE_BY_OTHERS = 00022;
  private static final int WRITABLE_BY_ALL = 00002;

  private final List<String> violations = new ArrayList<>();

  List<String> violations() {
    return violations;
  }

  void add(String violation) {
    violations.add(violation);
  }

  /// No file can be replaced by others, or runs with another's rights. In what is ours, no folder is open to others either; a
  /// base may have folders for temporary files, sticky as `/tmp`.
  void permissions(String where, List<Item> items, boolean ours) {
    for (Item item : items) {
      String name = where + item.path() + " has mode " + Integer.toOctalString(item.mode());
      boolean strict = ours || item.kind() != 'd';
      if (item.kind() == 'l') {
        continue; // its mode means nothing
      }
      if (strict && (item.mode() & SETUID_SETGID) != 0) {
        add(name + ": setuid or setgid");
      }
      if (strict ? (item.mode() & WRITABLE_BY_OTHERS) != 0 : (item.mode() & (WRITABLE_BY_ALL | STICKY)) == WRITABLE_BY_ALL) {
        add(name + ": others may write to it");
      }
      if (item.kind() == '?') {
        add(where + item.path() + " is no file, folder or link");
      }
    }
  }

  /// Files of ours belong to root, so that the service cannot change what it runs.
  void owner(String where, List<Item> items) {
    for (Item item : items) {
      if (item.uid() != 0 || item.gid() != 0) {
        add(where + item.path() + " belongs to " + item.uid() + ":" + item.gid() + ", not to 0:0");
      }
    }
  }

  /// Machine code is the JDK's own, by name, or it is not there.
  void machineCode(String where, List<Item> items, Predicate<String> known) {
    for (Item item : items) {
      boolean library = item.elf() || item.path().endsWith(".so") || item.path().contains(".so.");
      if (item.isFile() && library && !known.test(item.path())) {
        add(where + item.path() + " is machine code that the JDK does not have there");
      }
    }
  }

  /// No link leads out of the folder.
  void links(String where, List<Item> items) {
    for (Item item : items) {
      if (item.kind() == 'l') {
        Path target = Path.of("/root").resolve(item.path()).getParent().resolve(item.link()).normalize();
        if (!target.startsWith("/root")) {
          add(where + item.path() + " is a link to " + item.link() + ", which is outside");
        }
      }
    }
  }

  void secrets(String where, List<Item> items) {
    for (Item item : items) {
      secret(where + item.path(), item.text());
    }
  }

  void secret(String place, String text) {
    Secrets.in(text).ifPresent(what -> add(place + " holds what looks like " + what));
  }

  void modules(String where, Collection<String> modules, Set<String> allowed) {
    for (String module : modules) {
      if (!allowed.contains(module)) {
        add(where + " " + module + ", which is not allowed");
      }
    }
  }
}

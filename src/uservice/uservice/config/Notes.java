package uservice.config;

import module java.base;

/// The annotations of a record's component.
///
/// They are read from the record's class file (JVMS 4.7.30 `Record`, 4.7.16 `RuntimeVisibleAnnotations`). Asked for them,
/// the platform spins a proxy class for each annotation type, which takes longer than all that binding does besides.
record Notes(String doc, String fallback, long min, long max, String pattern) {
  static final Notes NONE = new Notes("", null, Long.MIN_VALUE, Long.MAX_VALUE, null);

  /// The annotations of the components of `type`, by name; a component without any may be missing.
  ///
  /// @throws IllegalArgumentException if the class was not loaded from a class file
  static Map<String, Notes> of(Class<?> type) {
    try (InputStream in = type.getModule().getResourceAsStream(type.getName().replace('.', '/') + ".class")) {
      if (in != null) {
        return new ClassFile(in.readAllBytes()).notes();
      }
    } catch (IOException | IndexOutOfBoundsException unreadable) {
      // Told below, as for a class that has no file.
    }
    throw new IllegalArgumentException("the class file of record " + type.getName() + " cannot be read");
  }

  private Notes with(String annotation, String element, Object value) {
    return switch (annotation) {
      case "Luservice/config/Doc;" -> new Notes((String) value, fallback, min, max, pattern);
      case "Luservice/config/Default;" -> new Notes(doc, (String) value, min, max, pattern);
      case "Luservice/config/Pattern;" -> new Notes(doc, fallback, min, max, (String) value);
      case "Luservice/config/Range;" -> element.equals("min")
          ? new Notes(doc, fallback, (Long) value, max, pattern)
          : new Notes(doc, fallback, min, (Long) value, pattern);
      default -> this;
    };
  }

  /// Just enough of a reader of class files (JVMS 4.1) to get to the annotations in the `Record` attribute. Bare arrays: this runs
  /// interpreted, once, at every start, and each call of a buffer would be ten.
  private static final class ClassFile {
    private static final int HEADER = 8; // magic, minor and major version

    private final byte[] in;
    private final int[] constants; // where each constant begins, behind its tag
    private int at = HEADER;

    ClassFile(byte[] in) {
      this.in = in;
      constants = new int[u2()];
      for (int i = 1; i < constants.length; i++) {
        int tag = in[at++];
        constants[i] = at;
        switch (tag) {
          case 1 -> skip(u2()); // Utf8
          case 7, 8, 16, 19, 20 -> at += 2; // Class, String, MethodType, Module, Package
          case 15 -> at += 3; // MethodHandle
          case 5, 6 -> { // Long and Double take two places each
            at += 8;
            i++;
          }
          default -> at += 4;
        }
      }
    }

    Map<String, Notes> notes() {
      var notes = new HashMap<String, Notes>();
      at += 6; // flags, this, super
      skip(2 * u2()); // interfaces
      for (int part = 0; part < 2; part++) { // fields, methods
        for (int members = u2(); members > 0; members--) {
          at += 6; // flags, name, descriptor
          for (int attributes = u2(); attributes > 0; attributes--) {
            at += 2; // name
            skip(u4());
          }
        }
      }
      int end = attribute("Record");
      for (int components = end < 0 ? 0 : u2(); components > 0; components--) {
        String name = utf8(u2());
        at += 2; // descriptor
        int next = attribute("RuntimeVisibleAnnotations");
        if (next >= 0) {
          notes.put(name, annotations());
          at = next;
        }
      }
      return notes;
    }

    /// Goes into the attribute of this name, if there is one, and returns where the last of them ends; else passes all of
    /// them and returns -1.
    private int attribute(String name) {
      int body = -1;
      for (int attributes = u2(); attributes > 0; attributes--) {
        boolean found = utf8(u2()).equals(name);
        int length = u4();
        body = found ? at : body;
        at += length;
      }
      int end = at;
      at = body < 0 ? end : body;
      return body < 0 ? -1 : end;
    }

    private Notes annotations() {
      Notes notes = NONE;
      for (int annotations = u2(); annotations > 0; annotations--) {
        String type = utf8(u2());
        for (int pairs = u2(); pairs > 0; pairs--) {
          String element = utf8(u2());
          Object value = value();
          notes = value == null ? notes : notes.with(type, element, value);
        }
      }
      return notes;
    }

    /// A text or a long. All else is passed over and null: no annotation of ours holds it.
    private Object value() {
      int tag = in[at++];
      switch (tag) {
        case 's' -> {
          return utf8(u2());
        }
        case 'J' -> {
          return longAt(constants[u2()]);
        }
        case 'e' -> at += 4;
        case '@', '[' -> {
          at += tag == '@' ? 2 : 0; // its type
          for (int values = u2(); values > 0; values--) {
            at += tag == '@' ? 2 : 0; // the element's name
            value();
          }
        }
        default -> at += 2;
      }
      return null;
    }

    /// A constant in "modified" UTF-8 (JVMS 4.4.7), which is plain for ASCII; `readUTF` reads it with its length before it.
    private String utf8(int index) {
      int from = constants[index] + 2;
      int to = from + ((in[from - 2] & 0xFF) << 8 | in[from - 1] & 0xFF);
      int ascii = from;
      while (ascii < to && in[ascii] > 0) {
        ascii++;
      }
      if (ascii == to) {
        return new String(in, from, to - from, StandardCharsets.ISO_8859_1);
      }
      try {
        return new DataInputStream(new ByteArrayInputStream(in, constants[index], in.length)).readUTF();
      } catch (IOException malformed) {
        throw new IndexOutOfBoundsException(malformed.getMessage());
      }
    }

    /// Not `at += u2()`, which would add to where `at` was before.
    private void skip(int bytes) {
      at += bytes;
    }

    private int u2() {
      at += 2;
      return (in[at - 2] & 0xFF) << 8 | in[at - 1] & 0xFF;
    }

    private int u4() {
      return u2() << 16 | u2();
    }

    private long longAt(int from) {
      long value = 0;
      for (int i = from; i < from + Long.BYTES; i++) {
        value = value << 8 | in[i] & 0xFF;
      }
      return value;
    }
  }
}

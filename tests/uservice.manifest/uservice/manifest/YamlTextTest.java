package uservice.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import uservice.json.Json;

/// What is written means the same to every reader.
@Timeout(300)
class YamlTextTest {
  private static final List<String> NASTY = List.of("", " ", "a", "a b", " a", "a ", "a:", "a: b", "a:b", "a #b", "a#b", "#", "- a", "-", "?", "? a", ":", ": a", "~", "null", "Null",
      "NULL", "true", "True", "yes", "No", "on", "OFF", "y", "N", "0", "00", "010", "0o17", "0x1F", "1e3", "1E3", "1_000", "+1", "-1", "1.", ".5", "1.5", "1:30", "190:20:30", "12:30:45",
      "2026-01-01", "2026-01-01T00:00:00Z", ".inf", "-.inf", ".nan", "NaN", "Infinity", "=", "<<", "!tag", "&a", "*a", "%a", "@a", "`a", "|", ">", "[a]", "{a}", "a, b", "{{ a }}", "'", "''", "it's",
      "\"", "\\", "\"quoted\"", "a\\b", "it's \"both\"", "tab\there", "a\nb", "a\nb\n", "a\n", "\n", "\na", "a\n\nb\n", "a\n\n", " a\nb", "a\n b\n", "a\n  \nb", "a \nb\n", "a\tb\n", "\ta\nb", "a\r\nb",
      "a\rb", "\u0000", "\u0007", "\u007f", "\u0085", "\u00a0", "\u2028", "\ufeff", "é", "日本", "😀", "a😀\nb", "\ud83d\ude00", "---", "...", "--- a", "---\na", "a\n---\nb\n", "# a\nb\n", "key: |\n  a\n", "5s", "128Mi",
      "100m", "0.1.0", "1.2.3.4", "0.0.0.0", "::", "::1", "localhost:8079", "redis://db:6379/1", "memory:", "$x", "$(POD)", "${X}", "a=b", "x".repeat(300), "word ".repeat(60) + "end", "~/a", "/", "//", "a~", "1a", "0b1", "e1", "1e", "a:1", "1:a");

  @TempDir Path folder;

  private static Map<String, Object> sample() {
    var texts = new LinkedHashMap<String, Object>();
    for (int i = 0; i < NASTY.size(); i++) {
      texts.put("k" + i, NASTY.get(i));
    }
    var keys = new LinkedHashMap<String, Object>();
    NASTY.stream().filter(text -> text.length() < 100).forEach(text -> keys.put(text, "v"));
    return Tree.map("texts", texts, "keys", keys, "list", NASTY, "nested", List.of(NASTY.subList(0, 3), List.of(), Map.of(), Tree.map("a", List.of(), "b", Map.of(), "c", List.of(Tree.map("d", 1, "e", true)))),
        "numbers", List.of(0, -5, 1L << 40, 0.5, 1e100, -2.5, 1e-7, 1e7), "truth", List.of(true, false));
  }

  /// A tree with every number as text, since readers have types of their own for these.
  private static Object plain(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        var plain = new LinkedHashMap<String, Object>();
        map.forEach((key, each) -> plain.put((String) key, plain(each)));
        yield plain;
      }
      case List<?> list -> list.stream().map(YamlTextTest::plain).toList();
      case Number number -> new BigDecimal(number.toString()).stripTrailingZeros().toPlainString() + " as number";
      default -> value;
    };
  }

  private static Object plain(Json json) {
    return switch (json) {
      case Json.Obj object -> {
        var plain = new LinkedHashMap<String, Object>();
        object.members().forEach((key, each) -> plain.put(key, plain(each)));
        yield plain;
      }
      case Json.Arr array -> array.items().stream().map(YamlTextTest::plain).toList();
      case Json.Str text -> text.value();
      case Json.Bool truth -> truth.value();
      case Json.Num number -> new BigDecimal(number.text()).stripTrailingZeros().toPlainString() + " as number";
      case Json.Null _ -> "null!";
    };
  }

  @Test void meansTheSameToOurParser() throws Exception {
    assertEquals(plain(sample()), plain(Trees.parse(YamlText.of((Object) sample()))));
  }

  @Test void meansTheSameToYaml11() throws Exception {
    assertEquals(plain(sample()), plain(Tools.python("import json, sys, yaml\nprint(json.dumps(yaml.safe_load(sys.stdin.buffer.read())))", YamlText.of((Object) sample()))));
  }

  @Test void meansTheSameToYaml12() throws Exception {
    assertEquals(plain(sample()), plain(Tools.node("yaml@2.8.1", """
        const yaml = require('yaml');
        const document = yaml.parseDocument(require('fs').readFileSync(0, 'utf8'));
        if (document.errors.length + document.warnings.length) throw new Error([...document.errors, ...document.warnings].join());
        console.log(JSON.stringify(document.toJS()));
        """, YamlText.of((Object) sample()))));
  }

  @Test void writesWhatPeopleWouldWrite() {
    assertEquals("""
        a: b
        # why
        c: 1
        d:
          - e: x
            f:
              - w
          -
            - z
          - []
        g: |
          one

          two
        h: |-
          one
          two
        i: '"q"'
        j: {}
        """, YamlText.of((Object) Tree.map("a", "b", "c", new YamlText.Noted(1, "why"), "d", List.of(Tree.map("e", "x", "f", List.of("w")), List.of("z"), List.of()),
        "g", "one\n\ntwo\n", "h", "one\ntwo", "i", "\"q\"", "j", Map.of())));
  }

  @Test void writesTemplates() {
    assertEquals("""
        spec:
        {{- if not .x }}
          replicas: {{ .n }}
        {{- end }}
          a: b
        """, YamlText.of((Object) Tree.map("spec", Tree.map("replicas", new YamlText.Unless(".x", new YamlText.Raw("{{ .n }}")), "a", "b"))));
  }

  @Test void refusesWhatIsNoData() {
    assertThrows(IllegalStateException.class, () -> YamlText.of((Object) Map.of("a", new Object())));
    Object deep = "x";
    for (int i = 0; i < 100; i++) {
      deep = List.of(deep);
    }
    Object deeper = deep;
    assertThrows(IllegalStateException.class, () -> YamlText.of((Object) Map.of("a", deeper)));
  }
}

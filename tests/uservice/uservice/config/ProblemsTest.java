package uservice.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

final class ProblemsTest {
  private static final Map<String, String> NONE = Map.of();

  /// Each `bad-*.yaml` gives the text in `bad-*.txt`.
  @Test
  void tellsEverythingThatIsWrong() throws Exception {
    for (Path file : ConfigurationTest.files("bad")) {
      var refused = assertThrows(ConfigurationException.class, () -> Configuration.load(Optional.of(ConfigurationTest.source(file)),
          ConfigurationTest.ENVIRONMENT, List.of(), Sample.SCHEMA, Sample.RESERVED), file.toString());
      assertEquals(Files.readString(ConfigurationTest.expected(file)), refused.problems().render("nothing was started"), file.toString());
    }
  }

  @Test
  void ordersFileThenVariablesThenSettings() {
    assertEquals(List.of("app.yaml:1:1", "app.yaml:2:10", "environment variable USERVICE_A", "environment variable USERVICE_B", "--set z", "--set a"),
        Sample.refused("nme: x\nhealth: {prt: 1}\n", Map.of("USERVICE_B", "", "USERVICE_A", ""), "z=1", "a=2").list().stream().map(each -> each.at().toString()).toList());
  }

  @Test
  void marksThePlaceBehindWideCharactersAndTabs() {
    String[] lines = Sample.refused("log: {levels: {日本: [😀], e\u0301: ok, b: [c]}}", NONE).render("x").split("\n");
    assertEquals("     |                      ^^^^", lines[2]);
    assertEquals("     | " + " ".repeat(37) + "^^^", lines[5]);
  }

  @Test
  void showsAPartOfALongLine() {
    String long1 = "note: {" + "a: b, ".repeat(100) + "}\n";
    assertEquals("   1 | note: {" + "a: b, ".repeat(15) + "a: …", Sample.refused(long1, NONE).render("x").lines().toList().get(1));
    String[] lines = Sample.refused("health: {port: " + " ".repeat(500) + "x" + " ".repeat(500) + "}", NONE).render("x").split("\n");
    assertEquals("   1 | …" + " ".repeat(59) + "x" + " ".repeat(40) + "…", lines[1]);
    assertEquals("     | " + " ".repeat(60) + "^", lines[2]);
  }

  @Test
  void shortensAndEscapesValues() {
    assertEquals("app.yaml:1:16: error: health.port is 'a\\nb\\u001b\\u202e', expected a whole number",
        Sample.problems("health: {port: \"a\\nb\\x1b\\u202E\"}", NONE).getFirst().replace("the text ", "").replace("; write it without quotes", ""));
    assertTrue(Sample.problems("health: {port: " + "x".repeat(1000) + "}", NONE).getFirst().endsWith("is '" + "x".repeat(60) + "…', expected a whole number"));
  }

  @Test
  void printsAHundredAndCountsTheRest() {
    var yaml = new StringBuilder();
    for (int i = 0; i < 250; i++) {
      yaml.append("unknown").append(i).append(": 1\n");
    }
    Problems problems = Sample.refused(yaml.toString(), NONE);
    assertEquals(250, problems.list().size());
    List<String> lines = problems.render("nothing was started").lines().toList();
    assertEquals(302, lines.size());
    assertEquals(List.of("... and 150 more", "250 problems; nothing was started"), lines.subList(300, 302));
  }

  @Test
  void givesTheFirstAsTheExceptionsMessage() {
    assertEquals("app.yaml:1:1: error: unknown key 'nme', did you mean 'name'? (and 1 more)",
        assertThrows(ConfigurationException.class, () -> Sample.load("nme: x\nhealth: 5", NONE)).getMessage());
  }

  /// Whatever is wrong with a file that holds a secret, and wherever, the secret is in no text.
  @Test
  void neverPrintsSecrets() {
    String secret = "hunter2";
    Map<String, String> environment = Map.of("PW", secret, "USERVICE_DB_TOKEN", secret);
    for (String db : List.of(
        "db: {at: x, password: hunter2}",
        "db: {at: 'x:1', password: [hunter2]}",
        "db: {at: 'x:1', password: {hunter2: hunter2}}".replace("{hunter2: hunter2}", "{a: hunter2}"),
        "db: {at: 'x:1', pasword: hunter2}",
        "db: {at: 'x:1', Password: hunter2}",
        "db: {at: 'x:1', pwd: hunter2}",
        "db: {at: 'x:1', pwd: [hunter2]}",
        "db: hunter2",
        "db: [hunter2]",
        "hunter2",
        "password: hunter2",
        "db.password: hunter2",
        "dbb: {password: hunter2}",
        "dbb: {passwrd: hunter2}",
        "health: {port: {password: hunter2}}",
        "health: {password: hunter2, port: x}",
        "health: {the_database_password_of_ours: hunter2, port: x}",
        "health: {port: x, pasword: {a: hunter2}}",
        "db: {at: 'x:1', password: weak-hunter2}",
        "db: {at: 'x:1', password: '${PW}', token: '${NOPE}'}",
        "db: {at: '${NOPE}', password: hunter2}",
        "db: {at: x, password: ok, older: [hunter2]}",
        "db: {at: x, password: ok, users: {a: hunter2}}",
        "db: {at: x, password: ok, users: hunter2}",
        "db:\n  at: x\n  password: |\n    hunter2\n    more\n",
        "db:\n  at: x\n  password: \"hunter2\n",
        "db:\n  at: x\n  password: hunter2: x\n",
        "db:\n  password: |\n    a\n\thunter2\n",
        "db:\n  at: x\n  password: |\n  hunter2\n",
        "db:\n  at: x\n  password: |\n\n hunter2\n",
        "db: {at: x, password: hunter2",
        "db: {at: x, password: &hunter2 x}",
        "db: {password: hunter2\n} x: [hunter2",
        "health: {port: x}\ndb: {password: hunter2, at: y}")) {
      Problems problems = Sample.refused(db, environment, "hello.limit=x");
      assertFalse(problems.render("x").contains(secret), () -> db + "\n" + problems.render("x"));
      assertFalse(problems.list().toString().contains(secret), () -> db + "\n" + problems.list());
    }
    for (String name : List.of("USERVICE_DB_PASSWORD", "USERVICE_DB_PASSWRD", "USERVICE_DB", "USERVICE_DB_OLDER", "USERVICE_DB_USERS", "USERVICE_DB_USERS_A")) {
      for (String value : List.of("hunter2", "weak hunter2", "[hunter2", "{password: hunter2, x: y}", "{password: hunter2")) {
        Problems problems = Sample.refused("hello: {limit: x}", Map.of(name, value));
        assertFalse(problems.render("x").contains(secret), () -> name + "\n" + problems.render("x"));
        assertFalse(Sample.refused("", NONE, name.substring(9).toLowerCase(Locale.ROOT).replaceFirst("_", ".") + "=" + value, "hello.limit=x").render("x").contains(secret));
      }
    }
  }

  /// The same with a sign put in, or a character left out, at every place of two files.
  @Test
  void neverPrintsSecretsOfBrokenFiles() {
    for (String file : List.of(
        "name: x\ndb:\n  at: x:1\n  password: hunter2\n  older:\n    - hunter2\n  users:\n    a: |\n      hunter2\nhello:\n  limit: x\n",
        "{hello: {limit: x}, db: {at: 'x:1', password: 'hunter2', users: {a: \"hunter2\"}, older: [hunter2]}}\n")) {
      for (int at = 0; at <= file.length(); at++) {
        for (String put : List.of("", "'", "\"", ":", " ", "\n", "\t", "{", "}", "[", "]", ",", "- ", "#", "|", "&", "\\", "$", "${", "\0")) {
          int behind = put.isEmpty() && at < file.length() ? at + 1 : at;
          String broken = file.substring(0, at) + put + file.substring(behind);
          String text = Sample.refused(broken, NONE, "hello.greeting=x", "nope=1").render("x");
          assertFalse(text.contains("hunter2"), () -> broken + "\n" + text);
        }
      }
    }
  }

  @Test
  void neverPrintsWhatAFileHeld() throws IOException {
    Path file = Files.createTempFile("config", "secret");
    try {
      Files.writeString(file, "hunter2");
      String text = Sample.refused("health: {port: '${file:" + file + "}', host: x}\nname: X${file:" + file + "}", NONE).render("x");
      assertFalse(text.contains("hunter2"), text);
      assertTrue(text.contains("health.port is *** (from " + file + "), expected a whole number"), text);
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void aConstructorThatBreaksIsABug() {
    record Breaks(@Default("1") int number) {
      Breaks {
        Objects.checkIndex(number, 0);
      }
    }
    assertTrue(assertThrows(IllegalStateException.class, () -> Schema.defaults(Breaks.class)).getMessage().startsWith("BUG: the constructor of "));
  }
}

package uservice.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

class DocumentTest {
  private static final String HTML = "<style>/* style */</style><script>/* script */</script>";

  @Test void theHashIsThatOfTheStandard() { // CSP Level 3, section 8.4 has this one
    assertEquals("sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc=", Document.hash("doSomething();"));
  }

  @Test void refusesPartsThatWouldEndTheirElement() {
    for (String style : List.of("</style>", "a{content:'</'}")) {
      assertThrows(IllegalStateException.class, () -> Document.of(HTML, style, ""), style);
    }
    for (String script : List.of("'</script>'", "'</SCRIPT'", "'<!--'")) {
      assertThrows(IllegalStateException.class, () -> Document.of(HTML, "", script), script);
    }
  }

  @Test void refusesADocumentWithoutItsMarksOrWithTwo() {
    for (String html : List.of("", "<style>/* style */</style>", HTML + HTML)) {
      assertThrows(IllegalStateException.class, () -> Document.of(html, "", ""), html);
    }
  }

  @Test void thePolicyNamesTheBytesAndAllowsNothingElse() {
    String policy = Document.of(HTML, "a{}", "1;").header("Content-Security-Policy").orElseThrow();
    assertEquals("default-src 'none'; script-src '" + Document.hash("1;") + "'; style-src '" + Document.hash("a{}") + "'; img-src data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'", policy);
  }

  @Test void theScriptWritesNoMarkup() throws IOException {
    try (InputStream in = Document.class.getResourceAsStream("page.js")) {
      String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String dangerous : List.of("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "srcdoc", "setAttribute(\"style\"", "setAttribute(\"on")) {
        assertTrue(!script.contains(dangerous), dangerous);
      }
    }
  }
}

package uservice.page;

import module java.base;
import uservice.http.Reply;

/// The page itself: one document with its style and script in it, and the policy that allows these very bytes and nothing else.
final class Document {
  private static final String STYLE = "/* style */";
  private static final String SCRIPT = "/* script */";

  private Document() {}

  /// The document, made when it is first asked for.
  static Reply reply() {
    return Made.REPLY;
  }

  private static final class Made {
    static final Reply REPLY = of(read("page.html"), read("page.css"), read("page.js"));
  }

  /// `html` with `style` and `script` at their marks.
  ///
  /// @throws IllegalStateException if a mark is not there once, or a part would end its element
  static Reply of(String html, String style, String script) {
    if (style.contains("</") || script.toLowerCase(Locale.ROOT).contains("</script") || script.contains("<!--")) {
      throw new IllegalStateException("BUG: the style or script would end its element");
    }
    String page = put(put(html, STYLE, style), SCRIPT, script);
    return Reply.bytes("text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8))
        .header("Content-Security-Policy", "default-src 'none'; script-src '" + hash(script) + "'; style-src '" + hash(style)
            + "'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'")
        .header("X-Content-Type-Options", "nosniff")
        .header("X-Frame-Options", "DENY")
        .header("Referrer-Policy", "no-referrer")
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Cross-Origin-Resource-Policy", "same-origin")
        .header("Cache-Control", "no-store");
  }

  private static String put(String html, String mark, String part) {
    int at = html.indexOf(mark);
    if (at < 0 || html.indexOf(mark, at + 1) >= 0) {
      throw new IllegalStateException("BUG: the mark '" + mark + "' is not there once");
    }
    return html.substring(0, at) + part + html.substring(at + mark.length());
  }

  /// As Content Security Policy Level 3 names the content of an element, section 2.3.1.
  static String hash(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("BUG: every JDK has SHA-256", impossible);
    }
  }

  private static String read(String name) {
    try (InputStream in = Document.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException("'" + name + "' cannot be read from this module", broken);
    }
  }
}

package uservice.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import module java.base;
import org.junit.jupiter.api.Test;

/// The tables of YAML 1.2.2, section 10.3.2, and what is close to them and yet is text.
class CoreSchemaTest {
  private static void are(Object value, String... texts) {
    for (String text : texts) {
      assertEquals(value, CoreSchema.value(text), text);
    }
  }

  private static void areText(String... texts) {
    for (String text : texts) {
      assertEquals(text, CoreSchema.value(text));
    }
  }

  @Test void knowsWords() {
    are(null, "", "~", "null", "Null", "NULL");
    are(true, "true", "True", "TRUE");
    are(false, "false", "False", "FALSE");
    areText("nULL", "nul", "nulls", "tRUE", "truer", "fALSE", "yes", "Yes", "no", "NO", "on", "off", "y", "n", "~~", " ");
  }

  @Test void knowsIntegers() {
    are(0L, "0", "-0", "+0", "00", "0o0", "0x0");
    are(17L, "17", "+17", "017", "0o21", "0x11", "0x0011");
    are(-17L, "-17", "-017");
    are(0xABCDEFL, "0xabcdef", "0xABCDEF", "0xAbCdEf");
    are(Long.MAX_VALUE, "9223372036854775807", "+9223372036854775807", "0x7fffffffffffffff", "0o777777777777777777777");
    are(Long.MIN_VALUE, "-9223372036854775808");
    are(BigInteger.TWO.pow(63), "9223372036854775808", "0x8000000000000000", "0o1000000000000000000000");
    are(BigInteger.TWO.pow(63).add(BigInteger.ONE).negate(), "-9223372036854775809");
    areText("0o", "0x", "0o8", "0xg", "-0x1", "+0o1", "0X1", "0O1", "0b1", "1_000", "1,000", "+", "-", "--1", "1-", "12:30", "0x-1");
  }

  @Test void knowsFloats() {
    are(1.0, "1.", "1.0", "+1.0", "01.0", "1e0", "10e-1", "10E-1", "0.1e+1", ".1e1");
    are(-0.5, "-.5", "-0.5", "-5e-1");
    are(-0.0, "-0.0", "-0e0");
    are(0.278, "0.278");
    are(6.0221e23, "6.0221e23", "6.0221E+23");
    are(Double.POSITIVE_INFINITY, ".inf", ".Inf", ".INF", "+.inf", "1e999");
    are(Double.NEGATIVE_INFINITY, "-.inf", "-.Inf", "-.INF");
    are(Double.NaN, ".nan", ".NaN", ".NAN");
    areText(".", "+.", "-.", "e1", ".e1", "1e", "1e+", "1.e", "1.5.2", "1e1.5", ".iNF", ".Nan", "-.nan", "+.NaN", "inf", "nan",
        "Infinity", "NaN", "1f", "1d", "0x1p3", "1 ", "1 2", "2026-01-30", "1.10.0", "..5");
  }

  @Test void readsLongIntegersInFull() {
    String digits = "1234567890".repeat(1001);
    are(new BigInteger(digits), digits, "+" + digits, "0".repeat(5000) + digits);
    are(new BigInteger(digits).negate(), "-" + digits);
    are(new BigInteger("ab12".repeat(1001), 16), "0x" + "ab12".repeat(1001));
    are(new BigInteger("1234567".repeat(1001), 8), "0o" + "1234567".repeat(1001));
    assertEquals(BigInteger.TEN.pow(999_999).bitLength(), ((BigInteger) CoreSchema.value("1" + "0".repeat(999_999))).bitLength());
  }

  @Test void leavesWhatIsNotPlainAsText() throws YamlException {
    for (String text : List.of("'1'", "\"1\"", "|-\n 1", ">-\n 1")) {
      assertEquals("1", ((Node.Scalar) Yaml.parse(text)).value());
    }
    assertEquals(1L, ((Node.Scalar) Yaml.parse("1")).value());
  }

  /// Against the expressions of the specification, over all short texts of the characters that matter.
  @Test void agreesWithTheExpressions() {
    var integer = Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
    var number = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    String letters = "+-.018eoxaE";
    var texts = new ArrayList<>(List.of(""));
    for (int i = 0; i < texts.size() && texts.get(i).length() < 5; i++) {
      for (char letter : letters.toCharArray()) {
        texts.add(texts.get(i) + letter);
      }
    }
    for (String text : texts) {
      Class<?> expected = text.isEmpty() ? null : integer.matcher(text).matches() ? Long.class
          : number.matcher(text).matches() ? Double.class : String.class;
      Object value = CoreSchema.value(text);
      assertEquals(expected, value == null ? null : value.getClass(), text);
    }
  }
}

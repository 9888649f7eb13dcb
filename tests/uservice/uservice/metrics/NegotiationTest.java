package uservice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NegotiationTest {
  private static final String OM = "application/openmetrics-text";
  private static final String TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OM_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  @ParameterizedTest @ValueSource(strings = {
      OM + ";version=1.0.0;escaping=allow-utf-8;q=0.5," + OM + ";version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"})
  void answersPrometheus3WithItsEscaping(String accept) {
    assertEquals(new Negotiation(Format.OPENMETRICS, OM_TYPE + "; escaping=allow-utf-8"), Negotiation.of(accept));
  }

  @ParameterizedTest @ValueSource(strings = {
      OM + ";version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      OM + ";version=1.0.0;q=0.75," + OM + ";version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1", // Prometheus 2.42
      OM, OM + "; version=0.0.1", "APPLICATION/OpenMetrics-Text;VERSION=1.0.0", OM + " ; version=\"1.0.0\"",
      "text/plain;q=0.5, " + OM + ";q=0.500", ", " + OM + " ,,", OM + ";version=2.0.0," + OM + ";version=1.0.0;q=0.9", OM + ";", OM + ";q=0.001"})
  void givesOpenMetricsWhereItIsAcceptedAndNoLessLiked(String accept) {
    assertEquals(new Negotiation(Format.OPENMETRICS, OM_TYPE), Negotiation.of(accept));
  }

  @ParameterizedTest @ValueSource(strings = {"", " ", "*/*", "text/*", "text/plain", "text/plain;version=1.0.0", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json",
      OM + ";version=2.0.0", OM + ";q=0", OM + ";q=0.0,text/plain;q=0", "text/plain," + OM + ";q=0.9", OM + ";q=0.4, */*;q=0.5", "application/*", "application/vnd.google.protobuf;proto=x;encoding=delimited"})
  void givesTextElse(String accept) {
    assertEquals(new Negotiation(Format.TEXT, TEXT_TYPE), Negotiation.of(accept));
  }

  @ParameterizedTest @ValueSource(strings = {";", ";;", ",;", "\"", "\u0000", OM + ";q", OM + ";q=", OM + ";q=x", OM + ";q=1.1", OM + ";q=-1", OM + ";q=1e0", OM + ";q=NaN", OM + ";q=.",
      OM + ",text/plain;q=2", OM + ",;q=1", OM + ";version=\"1.0.0", OM + ";=1", OM + " x", OM + ";a=b c", OM + ",a b", OM + ";q=0x1p0", OM + ";q=1d", OM + ";é=1"})
  void whatIsMalformedSaysNothing(String accept) {
    assertEquals(new Negotiation(Format.TEXT, TEXT_TYPE), Negotiation.of(accept));
  }

  @Test void noHeaderIsText() {
    assertEquals(Format.TEXT, Negotiation.of(null).format());
  }

  @ParameterizedTest @CsvSource({"allow-utf-8, allow-utf-8", "underscores, underscores", "dots, underscores", "values, underscores", "nix, underscores"})
  void tellsTheEscapingThatWasAskedFor(String asked, String told) {
    assertEquals(OM_TYPE + "; escaping=" + told, Negotiation.of(OM + ";escaping=" + asked).contentType());
  }

  @ParameterizedTest @CsvSource(delimiter = '|', value = {"gzip | true", "x-gzip | true", "GZIP | true", "deflate, gzip;q=0.5 | true", "gzip;q=0 | false", "gzip;q=0.000 | false", "* | true", "*;q=0 | false",
      "*, gzip;q=0 | false", "gzip;q=0.1, *;q=0 | true", "identity | false", "'' | false", "br | false", "identity;q=1, gzip;q=0.5 | false", "identity;q=0.5, gzip;q=1 | true", "identity;q=0, * | true",
      "gzip;q=x | false", "gzip;q=1, ; | false", "gzip, deflate, br, zstd | true"})
  void packsOnlyWhereAccepted(String header, boolean gzip) {
    assertEquals(gzip, Negotiation.gzip(header), header);
  }

  @Test void packsNothingWithoutAHeader() {
    assertEquals(false, Negotiation.gzip(null));
  }
}

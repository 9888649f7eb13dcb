package micro;

import module java.base;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import uservice.json.Json;
import uservice.json.JsonWriter;

/// An order of 50 lines, read from bytes and written into a buffer that has grown.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JsonBench {
  private final byte[] text = order();
  private final Json tree = Json.parse(text);
  private final JsonWriter writer = new JsonWriter();

  private static byte[] order() {
    var writer = new JsonWriter().object().name("id").value("4711").name("customer").object().name("name").value("Zoë Müller")
        .name("mail").value("zoe@example.org").end().name("paid").value(true).name("lines").array();
    for (int i = 0; i < 50; i++) {
      writer.object().name("sku").value("SKU-" + i * 7919).name("count").value(i % 5 + 1).name("price").value(i * 1.25 + 0.99)
          .name("note").value(i % 10 == 0 ? "fragile: \"glass\"\nhandle with care" : "").end();
    }
    return writer.end().end().toByteArray();
  }

  @Benchmark public Json parse(Volume volume) {
    volume.bytes += text.length;
    return Json.parse(text);
  }

  @Benchmark public int write(Volume volume) {
    volume.bytes += text.length;
    return writer.reset().value(tree).size();
  }
}

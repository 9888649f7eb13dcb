package micro;

import module java.base;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import uservice.yaml.Node;
import uservice.yaml.Yaml;
import uservice.yaml.YamlException;

/// A configuration of some 500 lines: comments, nested mappings, lists, quotes, a block of text, a flow mapping.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class YamlBench {
  private static final int SERVICES = 20;
  private static final String SERVICE = """
      # What the team of service %1$d agreed on; ask them before changing a limit.
      service_%1$d:
        name: "orders number %1$d"
        web:
          host: 0.0.0.0
          port: %2$d # behind the ingress
          max_body: 1MiB
          idle: 75s
        counter: 'redis://cache-%1$d.example.org:6379/orders'
        enabled: true
        ratio: 0.25
        labels: {team: checkout, tier: "gold", region: eu-central-1}
        checks:
          - name: database
            host: db-%1$d.example.org:5432
            every: 5s
          - name: payment
            url: https://payment.example.org/health?service=%1$d
            every: 10s
            required: false
        greeting: |
          Welcome to shop %1$d.

          Orders before noon leave today.
        motto: plain words
          over two lines
      """;

  private final byte[] text = configuration();

  private static byte[] configuration() {
    var text = new StringBuilder("# The shop's services.\n");
    for (int i = 0; i < SERVICES; i++) {
      text.append(SERVICE.formatted(i, 8000 + i)).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Benchmark public Node parse(Volume volume) throws YamlException {
    volume.bytes += text.length;
    return Yaml.parse(text);
  }
}

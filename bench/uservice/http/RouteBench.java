package uservice.http;

import module java.base;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Finding one of 200 routes; in the router's own package, since nobody else sees it.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteBench {
  private static final int KINDS = 50;

  private final Router router = routes();
  private String literal = "/kind-7";
  private String parameters = "/kind-33/4711/lines/12";
  private String rest = "/kind-49/4711/files/2026/report.pdf";
  private String none = "/kind-49/4711/invoices";

  private static Router routes() {
    var web = new Web();
    for (int i = 0; i < KINDS; i++) {
      String kind = "/kind-" + i;
      web.get(kind, _ -> Reply.noContent());
      web.get(kind + "/{id}", _ -> Reply.noContent());
      web.get(kind + "/{id}/lines/{line}", _ -> Reply.noContent());
      web.get(kind + "/{id}/files/{rest...}", _ -> Reply.noContent());
    }
    return web.router();
  }

  @Benchmark public Object match() {
    return router.find(Method.GET, parameters);
  }

  @Benchmark public Object matchLiteral() {
    return router.find(Method.GET, literal);
  }

  @Benchmark public Object matchRest() {
    return router.find(Method.GET, rest);
  }

  @Benchmark public Object matchNone() {
    return router.find(Method.GET, none);
  }
}

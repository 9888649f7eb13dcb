package uservice.trace;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;
import uservice.config.Secret;

/// Begins spans, and knows the current one. For any number of threads.
public final class Tracer {
  /// How the exporter writes a request.
  public enum Protocol {
    /// Binary, which every collector reads.
    PROTOBUF,
    /// JSON, which people read as well.
    JSON
  }

  /// How a request is made smaller.
  public enum Compression { NONE, GZIP }

  /// What stands under `trace:` in the configuration. What is left out is taken from OpenTelemetry's variables.
  public record Config(
      @Doc("The share of traces begun here that is recorded; of those that come in, what the caller records. Else OTEL_TRACES_SAMPLER, else 1.")
      @Range(min = 0, max = 1) Optional<Double> sample,
      @Doc("Whether traces that come in go on here; false, for a public edge, begins new ones and lets no baggage in.")
      @Default("true") boolean trustIncoming,
      @Doc("The header fields that carry traces. Else OTEL_PROPAGATORS, else tracecontext and baggage, and b3 where it comes in.")
      List<Propagation.Format> propagators,
      @Doc("The collector, http://host:4318; v1/traces is added. Else OTEL_EXPORTER_OTLP_ENDPOINT, else nothing is exported.")
      Optional<URI> endpoint,
      @Doc("How spans are written. Else OTEL_EXPORTER_OTLP_PROTOCOL, else protobuf.") Optional<Protocol> protocol,
      @Doc("Header fields of each request to the collector. Else OTEL_EXPORTER_OTLP_HEADERS.") Map<String, Secret> headers,
      @Doc("Whether requests are compressed. Else OTEL_EXPORTER_OTLP_COMPRESSION, else none.") Optional<Compression> compression,
      @Doc("PEM file of the authorities that the collector's certificate may come from. Else OTEL_EXPORTER_OTLP_CERTIFICATE, else Java's.")
      Optional<Path> authorities,
      @Doc("PEM file of the certificate that is shown to the collector. Else OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE, else none.")
      Optional<Path> clientCertificate,
      @Doc("PEM file of its key. Else OTEL_EXPORTER_OTLP_CLIENT_KEY.") Optional<Path> clientKey,
      @Doc("How long one request may take. Else OTEL_EXPORTER_OTLP_TIMEOUT, else 10s.")
      @Range(min = 1, max = 600_000) Optional<Duration> timeout,
      @Doc("How long spans are gathered before they are sent. Else OTEL_BSP_SCHEDULE_DELAY, else 5s.")
      @Range(min = 1, max = 600_000) Optional<Duration> every,
      @Doc("How many spans a request holds. Else OTEL_BSP_MAX_EXPORT_BATCH_SIZE, else 512.")
      @Range(min = 1, max = 100_000) Optional<Integer> batch,
      @Doc("How many spans may wait; more are dropped and counted. Else OTEL_BSP_MAX_QUEUE_SIZE, else 2048.")
      @Range(min = 1, max = 1_000_000) Optional<Integer> queue) {

    public Config {
      propagators = List.copyOf(propagators);
      headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
      if (endpoint.isPresent()) {
        checked(endpoint.get());
      }
    }

    private static void checked(URI endpoint) {
      String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
      if (endpoint.getRawUserInfo() != null) {
        throw new IllegalArgumentException("endpoint: has a user or password in it; 'headers' is the place for them");
      }
      if (!scheme.equals("http") && !scheme.equals("https") || endpoint.getHost() == null) {
        throw new IllegalArgumentException("endpoint: '" + endpoint + "' is no address to send to: http://host:4318 or https://…");
      }
      if (!ServiceLoader.load(SpanExporter.class).iterator().hasNext()) {
        throw new IllegalArgumentException("endpoint: needs module uservice.otlp, which is not in this image");
      }
    }
  }

  static final ScopedValue<Span> CURRENT = ScopedValue.newInstance();
  static final Propagation USUAL = new Propagation(List.of());

  private static final Logger LOG = System.getLogger("uservice.trace");
  private static final Sampler NEVER = new Sampler(0, true);
  private static final long NANOS = 1_000_000_000;

  private final Sampler sampler;
  private final Propagation propagation;
  private final boolean trustIncoming;
  private final InstantSource wall;
  private final LongSupplier ticks;
  private final AtomicReference<SpanExporter> exporter;

  /// @param exporter where spans go, or null
  Tracer(Sampler sampler, Propagation propagation, boolean trustIncoming, SpanExporter exporter, InstantSource wall,
      LongSupplier ticks) {
    this.sampler = sampler;
    this.propagation = propagation;
    this.trustIncoming = trustIncoming;
    this.exporter = new AtomicReference<>(exporter);
    this.wall = wall;
    this.ticks = ticks;
  }

  /// A tracer that records nothing, and carries on what comes in.
  public static Tracer idle() {
    return new Tracer(new Sampler(0, true), USUAL, true, null, InstantSource.system(), System::nanoTime);
  }

  /// A tracer as configuration and environment say, with the first exporter on the module path that they ask for. Histograms
  /// of the setup's metrics show the trace of a value from then on, where there is an exporter.
  ///
  /// @throws IllegalArgumentException if what they say makes no sense
  public static Tracer open(SpanExporter.Setup setup) {
    Config config = setup.config();
    var propagation = new Propagation(config.propagators().isEmpty() ? propagators(setup.environment()) : config.propagators());
    Optional<Sampler> sampler = Optional.empty();
    SpanExporter started = null;
    if (!setup.environment().getOrDefault("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true")) {
      for (var exporters = ServiceLoader.load(SpanExporter.class).iterator(); sampler.isEmpty() && exporters.hasNext(); ) {
        started = exporters.next();
        sampler = started.start(setup);
      }
    }
    if (sampler.isPresent()) {
      setup.metrics().exemplars(() -> current().exemplar());
    }
    return new Tracer(sampler.orElse(NEVER), propagation, config.trustIncoming(), sampler.isPresent() ? started : null,
        InstantSource.system(), System::nanoTime);
  }

  /// What `OTEL_PROPAGATORS` names, as far as it is known here; none where it is not set.
  private static List<Propagation.Format> propagators(Map<String, String> environment) {
    var formats = new ArrayList<Propagation.Format>();
    for (String word : environment.getOrDefault("OTEL_PROPAGATORS", "").split(",")) {
      try {
        formats.add(Propagation.Format.valueOf(word.strip().toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException unknown) {
        if (!word.isBlank()) {
          LOG.log(Level.WARNING, "OTEL_PROPAGATORS: '" + word.strip()
              + "' is not known here, one of tracecontext, baggage, b3, b3multi, none");
        }
      }
    }
    return formats;
  }

  /// The span that this thread works in; [Span#NONE] where there is none.
  public static Span current() {
    return CURRENT.isBound() ? CURRENT.get() : Span.NONE;
  }

  /// Whether anything is recorded.
  public boolean exporting() { return exporter.get() != null; }

  /// What a request carries in its header fields, which `fields` gives by name in any case, null or empty where there is
  /// none. The span returned records nothing; begin one below it.
  public Span incoming(Function<String, List<String>> fields) {
    return trustIncoming ? propagation.read(this, fields) : Span.NONE;
  }

  /// Begins a span below the current one, or a trace.
  public Span start(String name, Span.Kind kind) {
    return start(name, kind, current());
  }

  /// Begins a span below `parent`, or a trace where that is none. What will not be recorded below something that is not
  /// recorded either is `parent` itself.
  public Span start(String name, Span.Kind kind, Span parent) {
    if (exporter.get() == null) {
      return parent;
    }
    TraceContext above = parent.context();
    if (above.valid() && !above.remote()) {
      TraceContext below = above.local(random(), above.flags());
      return parent.recording() ? Span.recorded(this, below, parent.carried(), name, kind, parent) : parent;
    }
    TraceContext ids = above.valid() ? above.local(random(), above.flags() & TraceContext.RANDOM)
        : new TraceContext(ThreadLocalRandom.current().nextLong(), random(), random(), TraceContext.RANDOM, "", false);
    Carried carried = parent.carried().decided();
    if (!sampled(ids, above, parent.carried().decision())) {
      return Span.passing(this, ids, carried);
    }
    return Span.recorded(this, ids.local(ids.spanId(), ids.flags() | TraceContext.SAMPLED), carried, name, kind, parent);
  }

  /// Begins a span below the current one, calls `work` inside, and ends it; what `work` throws is the span's failure.
  public <R, X extends Throwable> R call(String name, Span.Kind kind, Work<R, X> work) throws X {
    Span span = start(name, kind);
    try {
      return span.call(() -> work.in(span));
    } catch (Throwable thrown) {
      span.failed(thrown);
      throw thrown;
    } finally {
      span.end();
    }
  }

  /// What is done within a span.
  @FunctionalInterface public interface Work<R, X extends Throwable> {
    R in(Span span) throws X;
  }

  /// Ends recording, and hands over what was recorded for at most `limit`; returns whether all of it got there.
  public boolean close(Duration limit) throws InterruptedException {
    SpanExporter last = exporter.getAndSet(null);
    return last == null || last.close(limit);
  }

  void ended(SpanData span) {
    SpanExporter to = exporter.get();
    if (to != null) {
      to.ended(span);
    }
  }

  Propagation propagation() { return propagation; }

  long ticks() { return ticks.getAsLong(); }

  long wallNanos() {
    Instant now = wall.instant();
    return now.getEpochSecond() * NANOS + now.getNano();
  }

  private boolean sampled(TraceContext ids, TraceContext above, Carried.Decision decision) {
    if (sampler.parentBased()) {
      switch (decision) {
        case NO: return false;
        case YES, DEBUG: return true;
        case MADE: if (above.valid()) { return above.sampled(); } break;
        case OPEN: break;
      }
    }
    return sampler.samples(ids.traceLow());
  }

  /// Any number but 0, which is no id.
  private static long random() {
    long random = ThreadLocalRandom.current().nextLong();
    return random == 0 ? 1 : random;
  }
}

package uservice.control;

import module java.base;
import uservice.config.Times;
import uservice.health.Check;
import uservice.health.Checks;
import uservice.health.Detail;
import uservice.health.Health;
import uservice.health.Kick;
import uservice.health.Kicking;
import uservice.health.Manual;
import uservice.health.Probe;
import uservice.health.Setting;
import uservice.http.ProblemException;
import uservice.http.Reply;

/// The checks that other programs put: by hand, or with a time to live within which they must be kicked.
final class PutChecks {
  private static final Set<Probe> READY = EnumSet.of(Probe.READY);
  private static final int MESSAGE_CHARS_MAX = 500;

  /// What a check is, apart from what it says.
  private record Shape(Set<Probe> probes, Optional<Duration> ttl, boolean optional) {}

  private record Put(Shape shape, Check check) {}

  private final Health health;
  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Put> all = new LinkedHashMap<>(); // guarded by the lock

  PutChecks(Health health, int most) {
    this.health = health;
    this.most = most;
  }

  /// Adds those that keep the service from being ready until a program puts them.
  void expect(List<String> names) {
    names.forEach(name -> await(name, READY, "not put yet"));
  }

  private void await(String name, Set<Probe> probes, String why) {
    Manual check = health.replace(name, probes, Checks.manual(false));
    check.set(false, why);
    all.put(name, new Put(new Shape(probes, Optional.empty(), false), check));
  }

  Reply list() {
    lock.lock();
    try {
      return Reply.json(Map.of("checks", all.entrySet().stream().map(each -> shown(each.getKey(), each.getValue())).toList()));
    } finally {
      lock.unlock();
    }
  }

  Reply show(String name) {
    return change(name, _ -> { });
  }

  /// `{"valid":true,"for":["ready"],"ttl":"5s","message":"…","optional":false}`, each member of which may be left out. A check that is put
  /// again counts as kicked.
  Reply put(String name, Body body) {
    boolean valid = body.bool("valid").orElse(true);
    Set<Probe> probes = probes(body);
    Optional<Duration> ttl = ttl(body);
    String message = message(body);
    var shape = new Shape(probes, ttl, body.bool("optional").orElse(false));
    body.end();
    lock.lock();
    try {
      Put before = all.get(name);
      if (before == null) {
        checkNew(name);
      }
      Put now = before != null && before.shape.equals(shape) ? before : new Put(shape, made(name, shape, valid));
      say(now.check, valid, message);
      all.put(name, now);
      return Reply.json(shown(name, now)).status(before == null ? 201 : 200);
    } finally {
      lock.unlock();
    }
  }

  private void checkNew(String name) {
    try {
      Name.check(name);
    } catch (IllegalArgumentException unfit) {
      throw new ProblemException(400, unfit.getMessage(), unfit);
    }
    if (name.equals(Health.SERVICE) || Stream.of(Probe.values()).anyMatch(probe -> health.verdict(probe, name).isPresent())) {
      throw new ProblemException(409, "check '" + name + "' is the service's own: another name");
    }
    if (all.size() >= most) {
      throw new ProblemException(409, "there are " + all.size() + " checks already, at most control.max_checks: remove one first");
    }
  }

  private Check made(String name, Shape shape, boolean valid) {
    try {
      return shape.ttl.isPresent() ? health.replace(name, shape.probes, new Kicking(shape.ttl.get(), !shape.optional))
          : health.replace(name, shape.probes, new Setting(valid, !shape.optional));
    } catch (IllegalArgumentException refused) {
      throw new ProblemException(400, refused.getMessage(), refused);
    } catch (IllegalStateException closed) {
      throw new ProblemException(409, "the service has stopped", closed);
    }
  }

  private static void say(Check check, boolean valid, String message) {
    switch (check) {
      case Kick kick when valid -> kick.enable();
      case Kick kick -> kick.disable(message);
      case Manual manual -> manual.set(valid, message);
      case Check other -> throw new IllegalStateException("BUG: nobody puts a " + other.getClass());
    }
  }

  Reply kick(String name) {
    return change(name, put -> {
      if (!(put.check instanceof Kick kick)) {
        throw new ProblemException(409, "check '" + name + "' has no time to live: put it with a ttl, or enable and disable it");
      }
      kick.kick();
    });
  }

  Reply enable(String name) {
    return change(name, put -> say(put.check, true, ""));
  }

  Reply disable(String name, Body body) {
    String message = message(body);
    body.end();
    return change(name, put -> say(put.check, false, message));
  }

  Reply remove(String name) {
    lock.lock();
    try {
      if (all.remove(name) == null) {
        throw unknown(name);
      }
      health.remove(name);
      return Reply.noContent();
    } catch (IllegalStateException closed) {
      throw new ProblemException(409, "the service has stopped", closed);
    } finally {
      lock.unlock();
    }
  }

  private Reply change(String name, Consumer<Put> change) {
    lock.lock();
    try {
      Put put = all.get(name);
      if (put == null) {
        throw unknown(name);
      }
      change.accept(put);
      return Reply.json(shown(name, put));
    } finally {
      lock.unlock();
    }
  }

  private static ProblemException unknown(String name) {
    return new ProblemException(404, "no check '" + Name.shorten(name) + "' was put: PUT /checks/" + Name.shorten(name));
  }

  /// What the program that put them said goes with it when it ends: whether it is alive is nobody's question until it is there
  /// again, and what it was ready for it has to say anew.
  void ended() {
    lock.lock();
    try {
      for (var each : List.copyOf(all.entrySet())) {
        var probes = EnumSet.copyOf(each.getValue().shape.probes);
        probes.remove(Probe.ALIVE);
        if (probes.isEmpty()) {
          all.remove(each.getKey());
          health.remove(each.getKey());
        } else {
          await(each.getKey(), probes, "not put again since the program ended");
        }
      }
    } catch (IllegalStateException closed) {
      // The service has stopped, and nobody asks any more.
    } finally {
      lock.unlock();
    }
  }

  private Map<String, Object> shown(String name, Put put) {
    var shown = new LinkedHashMap<String, Object>();
    shown.put("name", name);
    shown.put("for", put.shape.probes.stream().map(PutChecks::word).toList());
    put.shape.ttl.ifPresent(ttl -> shown.put("ttl", Times.format(ttl)));
    shown.put("optional", put.shape.optional);
    health.verdict(put.shape.probes.iterator().next(), name).ifPresent(detail -> show(detail, shown));
    return shown;
  }

  private static void show(Detail detail, Map<String, Object> shown) {
    shown.put("valid", detail.valid());
    shown.put("message", detail.message());
    shown.put("since", detail.since());
    shown.put("age_ms", detail.age().toMillis());
  }

  private static String message(Body body) {
    String message = body.text("message").orElse("");
    if (message.length() > MESSAGE_CHARS_MAX) {
      throw body.wrong("message has " + message.length() + " characters, at most " + MESSAGE_CHARS_MAX);
    }
    return message;
  }

  private static Set<Probe> probes(Body body) {
    if (body.get("for").isEmpty()) {
      return READY;
    }
    var probes = EnumSet.noneOf(Probe.class);
    for (String word : body.texts("for")) {
      probes.add(Stream.of(Probe.values()).filter(probe -> word(probe).equals(word)).findFirst()
          .orElseThrow(() -> body.wrong("for names '" + Name.shorten(word) + "', which must be alive, ready or startup")));
    }
    if (probes.isEmpty()) {
      throw body.wrong("for names no probe: one or more of alive, ready, startup");
    }
    return probes;
  }

  private static String word(Probe probe) {
    return probe.name().toLowerCase(Locale.ROOT);
  }

  private static Optional<Duration> ttl(Body body) {
    try {
      return body.text("ttl").map(Times::of);
    } catch (IllegalArgumentException unfit) {
      throw body.wrong("ttl must be " + unfit.getMessage());
    }
  }
}

package uservice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.KafkaServer;

/// Members of a group, against a real broker and beside the standard client.
@Timeout(300)
class MemberTest {
  private static final Duration SESSION = Duration.ofSeconds(6);

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private KafkaServer server(String version) throws Exception {
    var server = KafkaServer.start(folder.resolve("kafka"), version);
    open.add(server);
    return server;
  }

  private Member member(KafkaServer server, String group, String instance, String... topics) {
    var terms = new Group.Terms(group, instance, Set.of(topics), List.of(Assignor.RANGE, Assignor.ROUND_ROBIN), SESSION, Duration.ofSeconds(10));
    var member = new Member(Target.parse(server.uri("/"), Set.of()), terms, Begin.EARLIEST, Fetcher.USUAL, Shares.Room.USUAL);
    open.add(member);
    member.start(() -> true);
    return member;
  }

  private static String text(Taken taken) { return new String(taken.message.value(), UTF_8); }

  private static List<Taken> takeAll(Member member, int count) throws Exception {
    var taken = new ArrayList<Taken>();
    while (taken.size() < count) { // bounded by the test's timeout
      taken.addAll(member.shares().take(100, 1 << 20, Duration.ofSeconds(1), () -> false));
    }
    return taken;
  }

  @Test void takesWhatTheConsoleProducerSentAndCommits() throws Exception {
    for (String version : List.of(KafkaServer.NEWEST, KafkaServer.BEFORE)) {
      try (var server = KafkaServer.start(folder.resolve(version), version)) {
        server.topic("jobs", 3);
        server.produce("jobs", IntStream.range(0, 300).mapToObj(i -> "h1:v" + i + "\tk" + i + "\tjob " + i + "\n").collect(Collectors.joining()),
            "--property", "parse.key=true", "--property", "parse.headers=true");
        Member member = member(server, "g", null, "jobs");
        List<Taken> taken = takeAll(member, 300);
        assertEquals(IntStream.range(0, 300).mapToObj(i -> "job " + i).collect(Collectors.toSet()), taken.stream().map(MemberTest::text).collect(Collectors.toSet()));
        for (Taken each : taken) {
          String number = text(each).substring(4);
          assertEquals("k" + number, new String(each.message.key(), UTF_8));
          assertEquals("v" + number, each.message.headers().getFirst().text());
          assertEquals("h1", each.message.headers().getFirst().name());
          assertTrue(Math.abs(each.message.timestamp() - System.currentTimeMillis()) < 600_000);
        }
        assertEquals(299, member.shares().done(taken.subList(1, 300)));
        member.shares().commit();
        member.shares().done(taken.subList(0, 1));
        member.shares().commit();
        String described = server.groups("--describe", "--group", "g");
        assertEquals(3, described.lines().filter(line -> line.matches(".*jobs +[0-2] +([0-9]+) +\\1 +0 .*")).count(), described);
        member.close();
        assertTrue(server.groups("--describe", "--group", "g", "--state").contains("Empty"), "it has left");
      }
    }
  }
}

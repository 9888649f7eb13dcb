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

  private Shares member(KafkaServer server, String group, String instance, String... topics) {
    var terms = new Group.Terms(group, instance, Set.of(topics), List.of(Assignor.RANGE, Assignor.ROUND_ROBIN), SESSION, Duration.ofSeconds(10));
    var member = new Shares(Target.parse(server.uri("/"), Set.of()), terms, Begin.EARLIEST);
    open.add(member);
    member.start(() -> true, _ -> {});
    return member;
  }

  private static String text(Taken taken) { return new String(taken.message.value(), UTF_8); }

  private static List<Taken> takeAll(Shares member, int count) throws Exception {
    var taken = new ArrayList<Taken>();
    while (taken.size() < count) { // bounded by the test's timeout
      taken.addAll(member.take(count - taken.size(), 1 << 20, Duration.ofSeconds(1), () -> false));
    }
    return taken;
  }

  @Test void takesWhatTheConsoleProducerSentAndCommits() throws Exception {
    for (String version : List.of(KafkaServer.NEWEST, KafkaServer.BEFORE)) {
      try (var server = KafkaServer.start(folder.resolve(version), version)) {
        server.topic("jobs", 3);
        server.produce("jobs", IntStream.range(0, 300).mapToObj(i -> "h1:v" + i + "\tk" + i + "\tjob " + i + "\n").collect(Collectors.joining()),
            "--property", "parse.key=true", "--property", "parse.headers=true");
        Shares member = member(server, "g", null, "jobs");
        List<Taken> taken = takeAll(member, 300);
        assertEquals(IntStream.range(0, 300).mapToObj(i -> "job " + i).collect(Collectors.toSet()), taken.stream().map(MemberTest::text).collect(Collectors.toSet()));
        for (Taken each : taken) {
          String number = text(each).substring(4);
          assertEquals("k" + number, new String(each.message.key(), UTF_8));
          assertEquals("v" + number, each.message.headers().getFirst().text());
          assertEquals("h1", each.message.headers().getFirst().name());
          assertTrue(Math.abs(each.message.timestamp() - System.currentTimeMillis()) < 600_000);
        }
        assertEquals(299, member.done(taken.subList(1, 300)));
        member.commit();
        member.done(taken.subList(0, 1));
        member.commit();
        String described = server.groups("--describe", "--group", "g");
        assertEquals(3, described.lines().filter(line -> line.matches(".*jobs +[0-2] +([0-9]+) +\\1 +0 .*")).count(), described);
        member.close();
        assertTrue(server.groups("--describe", "--group", "g", "--state").contains("Empty"), "it has left");
      }
    }
  }

  /// The lines that one of Kafka's programs prints, as they come.
  private Set<String> lines(Process process) {
    open.add(process::destroyForcibly);
    var lines = ConcurrentHashMap.<String>newKeySet();
    Thread.ofVirtual().start(() -> process.inputReader().lines().forEach(lines::add));
    return lines;
  }

  private static void awaitAll(Set<String> expected, Collection<Set<String>> got) throws InterruptedException {
    while (!got.stream().flatMap(Set::stream).collect(Collectors.toSet()).containsAll(expected)) { // bounded by the test's timeout
      Thread.sleep(20);
    }
  }

  private static Set<String> jobs(int from, int to) { return IntStream.range(from, to).mapToObj(i -> "job " + i).collect(Collectors.toSet()); }

  private static void produce(KafkaServer server, int from, int to) throws Exception {
    server.produce("jobs", IntStream.range(from, to).mapToObj(i -> "k" + i + "\tjob " + i + "\n").collect(Collectors.joining()), "--property", "parse.key=true");
  }

  /// Takes what comes, in the background, acknowledges it and says what it was.
  private Set<String> work(Shares member) {
    var got = ConcurrentHashMap.<String>newKeySet();
    Thread worker = Thread.ofVirtual().start(() -> {
      try {
        while (!member.closed) {
          List<Taken> taken = member.take(100, 1 << 20, Duration.ofMillis(200), () -> false);
          taken.forEach(each -> got.add(text(each)));
          member.done(taken);
          member.commit();
        }
      } catch (KafkaException | InterruptedException ended) {
        // The broker went away, or the test is over.
      }
    });
    open.add(worker::interrupt);
    return got;
  }

  @Test void theStandardConsumerAndThisOneShareAGroup() throws Exception {
    KafkaServer server = server(KafkaServer.NEWEST);
    server.topic("jobs", 4);
    for (String assignor : List.of("Range", "RoundRobin")) {
      String group = "g" + assignor;
      String[] words = {"--bootstrap-server", server.bootstrap(), "--topic", "jobs", "--group", group, "--from-beginning", "--consumer-property",
          "partition.assignment.strategy=org.apache.kafka.clients.consumer." + assignor + "Assignor", "--consumer-property", "session.timeout.ms=6000",
          "--consumer-property", "auto.commit.interval.ms=100"};
      Process first = server.begin(KafkaServer.CONSUMER, words); // leads, to begin with
      Set<String> theirs = lines(first);
      produce(server, 0, 100);
      awaitAll(jobs(0, 100), List.of(theirs));
      Shares member = member(server, group, null, "jobs");
      Set<String> ours = work(member);
      while (member.look(List::size) != 2) { // half of four; bounded by the test's timeout
        Thread.sleep(20);
      }
      produce(server, 100, 400);
      awaitAll(jobs(100, 400), List.of(theirs, ours));
      assertTrue(ours.size() > 50 && theirs.size() > 150, "both had their share: " + ours.size() + ", " + theirs.size());
      first.destroy(); // leaves the group
      while (member.look(List::size) != 4) { // and this one leads
        Thread.sleep(20);
      }
      Process second = server.begin(KafkaServer.CONSUMER, words);
      Set<String> again = lines(second);
      while (member.look(List::size) != 2) {
        Thread.sleep(20);
      }
      produce(server, 400, 700);
      awaitAll(jobs(400, 700), List.of(again, ours));
      assertTrue(again.size() > 50, "the one that came later too: " + again.size());
      member.close();
      produce(server, 700, 800);
      awaitAll(jobs(700, 800), List.of(again));
      second.destroy();
      assertTrue(second.waitFor(60, TimeUnit.SECONDS));
      String described = server.groups("--describe", "--group", group);
      assertEquals(4, described.lines().filter(line -> line.matches(".*jobs +[0-3] +([0-9]+) +\\1 +0 .*")).count(), "nothing is left: " + described);
    }
  }

  @Test void aStaticMemberHasItsPartitionsBackWhenItComesBack() throws Exception {
    KafkaServer server = server(KafkaServer.NEWEST);
    server.topic("jobs", 4);
    Shares stays = member(server, "g", "one", "jobs");
    Shares restarts = member(server, "g", "two", "jobs");
    while (stays.look(List::size) != 2 || restarts.look(List::size) != 2) { // bounded by the test's timeout
      Thread.sleep(20);
    }
    List<Share> before = stays.look(List::copyOf);
    restarts.close();
    Shares back = member(server, "g", "two", "jobs");
    while (back.look(List::size) != 2) {
      Thread.sleep(20);
    }
    List<Share> after = stays.look(List::copyOf);
    assertEquals(before, after, "the other one noticed nothing");
    Shares thief = member(server, "g", "two", "jobs");
    while (thief.look(List::size) != 2 || back.trouble() == null) {
      Thread.sleep(20);
    }
    assertTrue(back.trouble().getMessage().contains("each process must have its own"), back.trouble().getMessage());
  }

  @Test void goesOnWhereThereIsSomethingWhenWhatItWantsIsGone() throws Exception {
    KafkaServer server = server(KafkaServer.NEWEST);
    server.topic("jobs", 1);
    produce(server, 0, 50);
    Shares member = member(server, "g", null, "jobs");
    member.done(takeAll(member, 10));
    member.commit();
    member.close();
    Path file = Files.writeString(folder.resolve("delete.json"), "{\"partitions\":[{\"topic\":\"jobs\",\"partition\":0,\"offset\":40}],\"version\":1}");
    server.run("org.apache.kafka.tools.DeleteRecordsCommand", "", "--bootstrap-server", server.bootstrap(), "--offset-json-file", file.toString());
    assertEquals("job 40", text(takeAll(member(server, "g", null, "jobs"), 10).getFirst()));
  }

  @Test void readsWhatOthersCompressAndNamesWhatItCannot() throws Exception {
    KafkaServer server = server(KafkaServer.NEWEST);
    server.topic("jobs", 1);
    server.produce("jobs", "packed\n".repeat(200), "--compression-codec", "gzip");
    Shares member = member(server, "g", null, "jobs");
    List<Taken> taken = takeAll(member, 200);
    assertEquals("packed", text(taken.getLast()));
    member.done(taken);
    server.produce("jobs", "strange\n".repeat(200), "--compression-codec", "lz4");
    while (member.trouble() == null) { // bounded by the test's timeout
      assertEquals(List.of(), member.take(10, 1 << 20, Duration.ofMillis(100), () -> false));
    }
    assertTrue(member.trouble().getMessage().startsWith("batch at offset 200 of jobs-0 is compressed by lz4, which is not in the JDK"), member.trouble().getMessage());
    long mark = member.look(all -> all.getFirst().mark().offset());
    assertEquals(200, mark, "nothing is passed over");
  }

  @Test void newPartitionsAreNoticedAndATopicThatComesLater() throws Exception {
    KafkaServer server = server(KafkaServer.NEWEST);
    Shares member = member(server, "g", null, "jobs");
    while (!server.groups("--describe", "--group", "g", "--state").contains("Stable")) { // though there is no topic yet
      Thread.sleep(20);
    }
    server.topic("jobs", 2);
    produce(server, 0, 20);
    assertEquals(jobs(0, 20), takeAll(member, 20).stream().map(MemberTest::text).collect(Collectors.toSet()));
  }

  @Test void goesOnWhenTheBrokerComesBack() throws Exception {
    KafkaServer server = server(KafkaServer.NEWEST);
    server.topic("jobs", 3);
    Shares member = member(server, "g", null, "jobs");
    Set<String> got = ConcurrentHashMap.newKeySet();
    produce(server, 0, 30);
    List<Taken> taken = takeAll(member, 30);
    server.kill();
    assertEquals(30, member.done(taken), "done, though nobody can be told yet");
    assertThrows(KafkaException.class, () -> member.commit());
    server.start();
    produce(server, 30, 60);
    while (!got.containsAll(jobs(30, 60))) { // bounded by the test's timeout
      List<Taken> more = member.take(100, 1 << 20, Duration.ofSeconds(1), () -> false);
      more.forEach(each -> got.add(text(each)));
      member.done(more);
    }
  }
}

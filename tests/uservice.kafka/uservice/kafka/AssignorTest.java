package uservice.kafka;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import uservice.kafka.Assignor.Member;

/// What is expected is what the assignors of Kafka's own client library 4.1.0 gave for the same members and topics.
class AssignorTest {
  private record Wanting(Member member, Set<String> topics) {}

  private static Wanting member(String id, String instance, String... topics) { return new Wanting(new Member(id, instance), Set.of(topics)); }

  private static Map<String, List<TopicPartition>> assign(Assignor assignor, Map<String, Integer> counts, Collection<Wanting> members) {
    return assignor.assign(counts, new TreeMap<>(members.stream().collect(Collectors.toMap(Wanting::member, Wanting::topics))));
  }

  private static void assertShares(Assignor assignor, Map<String, Integer> counts, String expected, Wanting... members) {
    assertEquals(expected, assign(assignor, counts, List.of(members)).toString());
    assertEquals(expected, assign(assignor, counts, List.of(members).reversed()).toString(), "whoever is named first");
  }

  private static void assertBoth(Map<String, Integer> counts, String range, String roundRobin, Wanting... members) {
    assertShares(Assignor.RANGE, counts, range, members);
    assertShares(Assignor.ROUND_ROBIN, counts, roundRobin, members);
  }

  @Test void membersAreInTheOrderOfTheirIds() {
    assertBoth(Map.of("a", 7), "{m1=[a-0, a-1, a-2], m10=[a-3, a-4], m2=[a-5, a-6]}", "{m1=[a-0, a-3, a-6], m10=[a-1, a-4], m2=[a-2, a-5]}",
        member("m2", null, "a"), member("m10", null, "a"), member("m1", null, "a"));
  }

  @Test void someGetNothingWhereThereIsTooLittle() {
    assertBoth(Map.of("a", 2), "{m1=[a-0], m10=[a-1], m2=[]}", "{m1=[a-0], m10=[a-1], m2=[]}",
        member("m2", null, "a"), member("m10", null, "a"), member("m1", null, "a"));
  }

  @Test void severalTopics() {
    assertBoth(Map.of("a", 3, "b", 2), "{m1=[a-0, a-1, b-0], m2=[a-2, b-1]}", "{m1=[a-0, a-2, b-1], m2=[a-1, b-0]}",
        member("m1", null, "a", "b"), member("m2", null, "a", "b"));
  }

  @Test void membersMayWantDifferentTopics() {
    assertBoth(Map.of("a", 3, "b", 3, "c", 1), "{m1=[a-0, a-1], m2=[a-2, b-0, b-1], m3=[b-2, c-0]}",
        "{m1=[a-0, a-2], m2=[a-1, b-0, b-2], m3=[b-1, c-0]}",
        member("m1", null, "a"), member("m2", null, "b", "a"), member("m3", null, "c", "b"));
  }

  @Test void staticMembersComeFirst() {
    assertBoth(Map.of("a", 5), "{m1=[a-2, a-3], m2=[a-0, a-1], m3=[a-4]}", "{m1=[a-1, a-4], m2=[a-0, a-3], m3=[a-2]}",
        member("m1", "z", "a"), member("m2", "y", "a"), member("m3", null, "a"));
  }

  @Test void capitalsComeBeforeSmallLetters() {
    Wanting[] members = {member("m1", null, "a", "b", "B"), member("m2", null, "a", "b", "B"), member("m3", "i", "a", "b", "B")};
    var counts = Map.of("b", 4, "a", 1, "B", 2);
    assertEquals(Map.of("m1", Set.of("b-2", "B-1"), "m2", Set.of("b-3"), "m3", Set.of("a-0", "b-0", "b-1", "B-0")), sets(assign(Assignor.RANGE, counts, List.of(members))));
    assertEquals(Map.of("m1", Set.of("B-1", "b-1"), "m2", Set.of("a-0", "b-2"), "m3", Set.of("B-0", "b-0", "b-3")),
        sets(assign(Assignor.ROUND_ROBIN, counts, List.of(members))));
  }

  private static Map<String, Set<String>> sets(Map<String, List<TopicPartition>> shares) {
    var sets = new TreeMap<String, Set<String>>();
    shares.forEach((member, share) -> sets.put(member, share.stream().map(TopicPartition::toString).collect(Collectors.toSet())));
    return sets;
  }

  @Test void aTopicThatNobodyWantsOrThatIsNotThereIsNobodys() {
    assertBoth(Map.of("a", 1, "other", 3), "{m1=[a-0]}", "{m1=[a-0]}", member("m1", null, "a", "missing"));
    assertBoth(Map.of(), "{m1=[]}", "{m1=[]}", member("m1", null, "missing"));
    assertBoth(Map.of("a", 1), "{}", "{}");
  }

  @Test void everyPartitionIsSomebodysOnce() {
    var random = new Random(5);
    for (int round = 0; round < 2_000; round++) {
      var counts = new TreeMap<String, Integer>();
      for (int i = 0; i <= random.nextInt(5); i++) {
        counts.put("t" + i, random.nextInt(9));
      }
      var members = new ArrayList<Wanting>();
      for (int i = 0; i <= random.nextInt(6); i++) {
        members.add(member("m" + i, random.nextInt(3) == 0 ? "i" + i : null, counts.keySet().toArray(String[]::new)));
      }
      for (Assignor assignor : Assignor.values()) {
        var dealt = assign(assignor, counts, members).values().stream().flatMap(List::stream).toList();
        assertEquals(counts.values().stream().mapToInt(count -> count).sum(), dealt.size());
        assertEquals(dealt.size(), Set.copyOf(dealt).size());
      }
      var sizes = assign(Assignor.ROUND_ROBIN, counts, members).values().stream().mapToInt(List::size).summaryStatistics();
      assertTrue(sizes.getMax() - sizes.getMin() <= 1, "dealt evenly: " + sizes);
    }
  }
}

package uservice.images;

import static org.junit.jupiter.api.Assertions.*;
import static uservice.images.Cri.*;

import module java.base;
import org.junit.jupiter.api.Test;

/// The bytes of a list of images, right and wrong.
class ImageTest {
  private static byte[] bytes(String hex) { return HexFormat.of().parseHex(hex.replaceAll("\\s", "")); }

  private static String refused(String hex) { return assertThrows(Malformed.class, () -> Image.list(bytes(hex))).getMessage(); }

  @Test void readsWhatARuntimeLists() throws Exception {
    // images { id: "a" repo_tags: "b" repo_tags: "c" repo_digests: "d" size: 300 uid { value: 7 } pinned: true } images {}
    assertEquals(List.of(new Image("a", List.of("b", "c"), List.of("d"), 300), new Image("", List.of(), List.of(), 0)),
        Image.list(bytes("0a 15 0a0161 120162 120163 1a0164 20ac02 2a020807 4001 0a 00")));
    assertEquals(List.of(), Image.list(new byte[0]));
    assertEquals(3, Image.list(list(3)).size());
    assertEquals(new Image("image2", List.of("docker.io/library/image2:latest"), List.of("docker.io/library/image2@sha256:00"), 1000),
        Image.list(list(3)).get(2));
  }

  @Test void fieldsInAnyOrderAndTheLastOneHolds() throws Exception {
    assertEquals(List.of(new Image("ä", List.of(), List.of(), 2)),
        Image.list(field(1, together(field(4, 1), field(1, "x"), field(4, 2), field(1, "ä")))));
  }

  @Test void unknownFieldsOfEveryTypeArePassedOver() throws Exception {
    String unknown = "9001 ffffffffffffffffff01" + "9101 0102030405060708" + "9201 03 616263" + "9501 01020304"
        + "9301 0801 9b01 9c01 9401"; // a group with a number and a group in it
    assertEquals(List.of(), Image.list(bytes(unknown)));
    byte[] within = together(bytes(unknown), field(1, "x"), bytes(unknown));
    assertEquals("x", Image.list(field(1, within)).getFirst().id());
  }

  @Test void cutAnywhereItIsRefused() throws Exception {
    byte[] whole = together(field(1, image("a", 5)), bytes("9301 0801 9401"));
    assertEquals(1, Image.list(whole).size());
    int first = field(1, image("a", 5)).length;
    for (int cut = 1; cut < whole.length; cut++) {
      byte[] part = Arrays.copyOf(whole, cut);
      if (cut == first) {
        assertEquals(1, Image.list(part).size());
      } else {
        assertThrows(Malformed.class, () -> Image.list(part), "cut at " + cut);
      }
    }
  }

  @Test void liesAreToldApart() {
    assertEquals("field 1 has 5 bytes, 1 are there at byte 2", refused("0a 05 00"));
    assertEquals("field 1 has 18446744073709551615 bytes, 0 are there at byte 11", refused("0a ffffffffffffffffff01"));
    assertEquals("field 1 is of type 0, a message is of type 2, before byte 1", refused("08 01"));
    assertEquals("field 4 is of type 2, a number is of type 0, before byte 3", refused("0a 02 2200"));
    assertEquals("field 1 is of type 0, a text is of type 2, before byte 3", refused("0a 02 0801"));
    assertEquals("field 1 is text that is not UTF-8, at byte 4", refused("0a 03 0a01ff"));
    assertEquals("field 0 of type 0 before byte 1, must be from 1 to 536870911 and of type 0 to 5", refused("00 00"));
    assertEquals("field 2 of type 6 before byte 1, must be from 1 to 536870911 and of type 0 to 5", refused("16"));
    assertEquals("field 536870912 of type 0 before byte 5, must be from 1 to 536870911 and of type 0 to 5", refused("8080808010 00"));
    assertEquals("a field's number has more than 10 bytes, at byte 10", refused("8080808080808080808001"));
    assertEquals("field 2 has more than 10 bytes, at byte 11", refused("10 8080808080808080808001"));
    assertEquals("the end of group 1, which did not begin, at byte 1", refused("0c"));
    assertEquals("group 2 ends as 3, at byte 2", refused("13 1c"));
    assertEquals("image 'x' has 18446744073709551615 bytes, at most 9223372036854775807", refused("0a 0e 0a0178 20ffffffffffffffffff01"));
  }

  @Test void depthIsBounded() throws Exception {
    assertEquals(List.of(), Image.list(bytes("13".repeat(16) + "14".repeat(16))));
    assertEquals("groups nest more than 16 deep", refused("13".repeat(17) + "14".repeat(17)));
    assertEquals("groups nest more than 16 deep", refused("13".repeat(1_000_000)));
    byte[] nested = {};
    for (int i = 0; i < 17; i++) {
      nested = field(1, nested);
    }
    var reader = new ProtoReader(nested);
    for (int i = 0; i < 16; i++) {
      assertTrue(reader.next());
      reader = reader.message();
    }
    var deepest = reader;
    assertTrue(deepest.next());
    assertEquals("messages nest more than 16 deep", assertThrows(Malformed.class, deepest::message).getMessage());
  }

  @Test void noBytesMakeItFailInAnotherWay() {
    var random = new Random(11);
    byte[] good = list(3);
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = good.clone();
      for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      byte[] cut = random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length));
      try {
        assertTrue(Image.list(cut).size() <= cut.length / 2);
      } catch (Malformed told) {
        assertNotNull(told.getMessage());
      }
    }
  }
}

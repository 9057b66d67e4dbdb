package io.famfs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdentitiesTest {
  private static final int LAST = 0xfffffffe;

  @Test
  void withoutRangesEverybodyIsWhoTheySay() {
    IdMap same = IdMap.same();
    for (int id : new int[] {0, 1, 65534, Integer.MIN_VALUE, LAST, -1}) {
      assertEquals(id, same.outside(id));
      assertEquals(id, same.inside(id));
    }
    assertTrue(Identities.same().isSame());
  }

  @Test
  void rangesMapBothWaysAndNothingElse() {
    IdMap map = IdMap.parse(List.of("1000:500:1", "0:100000:1000", "4294967290:7:5"));
    assertEquals(100000, map.outside(0));
    assertEquals(100999, map.outside(999));
    assertEquals(500, map.outside(1000));
    assertEquals(IdMap.NONE, map.outside(1001));
    assertEquals(11, map.outside(LAST));
    assertEquals(LAST, map.inside(11));
    assertEquals(1000, map.inside(500));
    assertEquals(IdMap.NONE, map.inside(0));
    assertEquals(IdMap.NONE, map.inside(101000));
  }

  /// Against a table of every number.
  @Test
  void randomRangesMapAsATableDoes() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      int[] table = new int[256];
      int[] back = new int[256];
      Arrays.fill(table, IdMap.NONE);
      Arrays.fill(back, IdMap.NONE);
      List<IdMap.Range> ranges = new ArrayList<>();
      for (int tries = 0; tries < 20; tries++) {
        int inside = random.nextInt(200);
        int outside = random.nextInt(200);
        int count = 1 + random.nextInt(40);
        boolean free = true;
        for (int i = 0; i < count; i++) {
          free &= table[inside + i] == IdMap.NONE && back[outside + i] == IdMap.NONE;
        }
        if (free) {
          ranges.add(new IdMap.Range(inside, outside, count));
          for (int i = 0; i < count; i++) {
            table[inside + i] = outside + i;
            back[outside + i] = inside + i;
          }
        }
      }
      IdMap map = new IdMap(ranges);
      for (int id = 0; id < 256; id++) {
        assertEquals(table[id], map.outside(id), "seed " + seed + " " + ranges + " " + id);
        assertEquals(back[id], map.inside(id), "seed " + seed + " " + ranges + " " + id);
      }
    }
  }

  @Test
  void whatIsNoMapIsRefused() {
    for (String text :
        new String[] {
          "",
          "0",
          "0:0",
          "0:0:0",
          "-1:0:1",
          "0:0:4294967296",
          "1:0:4294967295",
          "0:4294967295:1",
          "a:0:1",
          "0:0:1:1",
          "0x0:0:1",
          "99999999999:0:1"
        }) {
      assertThrows(IllegalArgumentException.class, () -> IdMap.parse(List.of(text)), text);
    }
    for (List<String> overlap :
        List.of(
            List.of("0:0:10", "9:100:1"),
            List.of("0:0:10", "100:9:1"),
            List.of("5:5:1", "5:5:1"))) {
      String message =
          String.valueOf(
              assertThrows(IllegalArgumentException.class, () -> IdMap.parse(overlap))
                  .getMessage());
      assertTrue(message.contains("overlap"), message);
    }
    List<String> many = new ArrayList<>();
    for (int i = 0; i <= IdMap.MAX_RANGES; i++) {
      many.add(2 * i + ":" + 2 * i + ":1");
    }
    assertThrows(IllegalArgumentException.class, () -> IdMap.parse(many));
    assertEquals(
        0xfffffffeL, IdMap.parse(List.of("0:0:4294967295")).ranges().getFirst().count() - 1);
  }

  @Test
  void squashingIsNobodysRootsOrAll() {
    assertEquals(Squash.none(), Squash.parse("none"));
    assertEquals(new Squash(Squash.Who.ROOT, 65534, 65534), Squash.parse("root"));
    assertEquals(new Squash(Squash.Who.ALL, 7, LAST), Squash.parse("all:7:4294967294"));
    for (String text :
        new String[] {"", "none:1:2", "root:1", "all:", "all:1:2:3", "some", "all:-1:0"}) {
      assertThrows(IllegalArgumentException.class, () -> Squash.parse(text), text);
    }
  }

  @Test
  void callersAreSquashedOrMapped() {
    IdMap map = IdMap.parse(List.of("0:1000:10"));
    Identities root = new Identities(map, map, Squash.parse("root:7:8"));
    assertEquals(7, root.callerUid(0));
    assertEquals(1001, root.callerUid(1));
    assertEquals(8, root.callerGid(0));
    assertEquals(1002, root.callerGid(2));
    assertEquals(IdMap.NONE, root.callerUid(10));
    assertEquals(1, root.shownUid(1001));
    assertEquals(IdMap.NOBODY, root.shownUid(7));
    assertTrue(root.knows(1000, 1009));
    assertFalse(root.knows(1000, 0));
    Identities all = new Identities(IdMap.same(), IdMap.same(), Squash.parse("all:7:8"));
    assertEquals(7, all.callerUid(1000));
    assertEquals(8, all.callerGid(0));
    assertEquals(7, all.shownUid(7));
    assertEquals(IdMap.NONE, all.shownUid(IdMap.NONE));
  }
}

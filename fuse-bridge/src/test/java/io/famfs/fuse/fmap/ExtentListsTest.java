package io.famfs.fuse.fmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.core.DaxDevice;
import io.famfs.dax.DaxDevices;
import io.famfs.fuse.server.Client;
import io.famfs.fuse.server.Clients;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A file system and its restored copy, in which others of the same files were made again: they
/// have the nodeids of before and lie elsewhere. What a client of the first holds is stale.
class ExtentListsTest {
  private static final int FILES = 20;
  private static final int STEPS = 20_000;
  private static final long DEVICE_BYTES = 128 * ByteSize.MIB;

  private DaxDevice device;
  private DaxDevice copy;
  private Volume first;
  private Volume second;
  private final List<FileInode> files = new ArrayList<>();
  private final List<FileInode> moved = new ArrayList<>();

  @BeforeEach
  void makeTwice() throws IOException {
    device = DaxDevices.memfd("lists", DEVICE_BYTES);
    copy = DaxDevices.memfd("copy", DEVICE_BYTES);
    UUID host = new UUID(1, 2);
    first = Volume.format(List.of(device), FormatOptions.ownedBy(host));
    MemorySegment.copy(device.memory(), 0, copy.memory(), 0, first.superblock().reservedBytes());
    second = Volume.open(List.of(copy), OpenOptions.forHost(host));
    for (int i = 0; i < FILES; i++) {
      files.add(make(first, "f" + i, 1000 + i));
    }
    // The same names; the first at the same place, the second of another size, the rest elsewhere.
    moved.add(make(second, "f0", 1000));
    moved.add(make(second, "f1", 5000));
    make(second, "before", 1);
    for (int i = 2; i < FILES; i++) {
      moved.add(make(second, "f" + i, 1000 + i));
    }
  }

  @AfterEach
  void close() {
    second.close();
    first.close();
    copy.close();
    device.close();
  }

  private static FileInode make(Volume volume, String path, long bytes) throws IOException {
    try (FileCreation creation = volume.create(path, bytes, 0644, 0, 0)) {
      return creation.commit();
    }
  }

  @Test
  void nodeidsComeAgain() {
    for (int i = 0; i < FILES; i++) {
      assertEquals(files.get(i).nodeid(), moved.get(i).nodeid());
    }
  }

  @Test
  void aSecondOpenFindsTheSameListOrFails() {
    ExtentLists lists = new ExtentLists(ExtentCachePolicy.close());
    Client one = Clients.any();
    Client two = Clients.any();
    assertTrue(lists.open(files.get(2), one));
    assertTrue(lists.open(files.get(2), two));
    assertFalse(lists.open(moved.get(2), two));
    assertNull(lists.find(moved.get(2)));
    assertSame(lists.find(files.get(2)), lists.find(files.get(2)));
    // The same place and size is the same list, whoever says so.
    assertTrue(lists.open(files.get(0), one));
    assertTrue(lists.open(moved.get(0), two));
    // Another size at the same place is another list: the kernel was told the first.
    assertTrue(lists.open(files.get(1), one));
    assertFalse(lists.open(moved.get(1), one));
    lists.close(files.get(2).nodeid(), one);
    assertFalse(lists.open(moved.get(2), two));
    lists.close(files.get(2).nodeid(), two);
    assertTrue(lists.open(moved.get(2), two));
  }

  @Test
  void whatIsKeptAfterTheLastCloseIsUpToThePolicy() {
    Client client = Clients.any();
    ExtentLists keep = new ExtentLists(ExtentCachePolicy.keep());
    ExtentLists close = new ExtentLists(ExtentCachePolicy.close());
    ExtentLists two = new ExtentLists(ExtentCachePolicy.lru(2));
    for (ExtentLists lists : List.of(keep, close, two)) {
      for (int i : new int[] {2, 3, 4}) {
        assertTrue(lists.open(files.get(i), client));
      }
      for (int i : new int[] {3, 2, 4}) {
        lists.close(files.get(i).nodeid(), client);
      }
    }
    assertEquals(3, keep.size());
    assertEquals(0, close.size());
    assertEquals(2, two.size());
    assertFalse(keep.open(moved.get(2), client));
    assertTrue(close.open(moved.get(2), client));
    assertTrue(two.open(moved.get(3), client));
    assertFalse(two.open(moved.get(2), client));
    assertFalse(two.open(moved.get(4), client));
  }

  @Test
  void anEndedClientHoldsNothing() {
    ExtentLists lists = new ExtentLists(ExtentCachePolicy.close());
    Client client = Clients.any();
    Client other = Clients.any();
    lists.open(files.get(2), client);
    lists.open(files.get(2), client);
    lists.open(files.get(3), other);
    lists.close(files.get(2).nodeid(), other);
    lists.close(77, other);
    assertEquals(2, lists.size());
    Clients.end(client);
    lists.ended(client);
    lists.ended(client);
    assertEquals(1, lists.size());
    // A request that was under way when its client ended leaves nothing behind.
    assertTrue(lists.open(files.get(2), client));
    lists.open(files.get(4), other);
    lists.close(files.get(4).nodeid(), other);
    assertEquals(1, lists.size());
  }

  @Test
  void anAnswerIsWrittenOnce() {
    ExtentLists lists = new ExtentLists(ExtentCachePolicy.keep());
    GivenList list = lists.find(files.get(5));
    assertNotNull(list);
    assertSame(list.answer(MapForm.AS_IT_IS), list.answer(MapForm.AS_IT_IS));
    assertSame(list.answer(MapForm.AS_IT_IS), list.answer(MapForm.UNROLLED));
    assertEquals(1, lists.size());
    // A list that is not to be kept is answered all the same.
    assertNotNull(new ExtentLists(ExtentCachePolicy.close()).find(files.get(5)));
  }

  @Test
  void policiesAreWritten() {
    for (String text : List.of("keep", "close", "lru:1", "lru:1000000")) {
      assertEquals(text, ExtentCachePolicy.parse(text).toString());
    }
    for (String text : List.of("", "lru", "lru:", "lru:0", "lru:-1", "lru:9999999999", "Keep")) {
      assertThrows(IllegalArgumentException.class, () -> ExtentCachePolicy.parse(text), text);
    }
  }

  /// Against a model of sets: what is held by count, what is kept in the order of the last closes.
  @Test
  void keepsWhatAModelKeeps() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    int limit = random.nextInt(6);
    ExtentLists lists = new ExtentLists(new ExtentCachePolicy(limit));
    List<Client> clients = new ArrayList<>(List.of(Clients.any(), Clients.any(), Clients.any()));
    Map<Client, Map<Integer, Integer>> held = new HashMap<>();
    LinkedHashSet<Integer> kept = new LinkedHashSet<>();
    for (int step = 0; step < STEPS; step++) {
      String what = "seed " + seed + ", limit " + limit + ", step " + step;
      int file = random.nextInt(FILES);
      int who = random.nextInt(clients.size());
      Client client = clients.get(who);
      Map<Integer, Integer> mine = held.computeIfAbsent(client, c -> new LinkedHashMap<>());
      switch (random.nextInt(20)) {
        case 0 -> {
          Clients.end(client);
          lists.ended(client);
          List<Integer> gone = new ArrayList<>(mine.keySet());
          held.remove(client);
          gone.stream().filter(f -> !isHeld(held, f)).forEach(kept::add);
          clients.set(who, Clients.any());
        }
        case 1, 2, 3, 4, 5, 6, 7, 8 -> {
          assertTrue(lists.open(files.get(file), client), what);
          mine.merge(file, 1, Integer::sum);
          kept.remove(file);
        }
        default -> {
          lists.close(files.get(file).nodeid(), client);
          boolean had = mine.containsKey(file);
          mine.computeIfPresent(file, (f, n) -> n == 1 ? null : n - 1);
          if (had && !isHeld(held, file)) {
            kept.add(file);
          }
        }
      }
      while (kept.size() > limit) {
        kept.removeFirst();
      }
      long open = files.stream().filter(f -> isHeld(held, files.indexOf(f))).count();
      assertEquals(open + kept.size(), lists.size(), what);
    }
  }

  private static boolean isHeld(Map<Client, Map<Integer, Integer>> held, int file) {
    return held.values().stream().anyMatch(files -> files.containsKey(file));
  }
}

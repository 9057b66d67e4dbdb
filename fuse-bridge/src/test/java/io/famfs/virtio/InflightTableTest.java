package io.famfs.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.os.FileIdentity;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A queue is cut off between any two stores that its worker does, and taken over.
class InflightTableTest {
  private static final int NUM = 8;
  private static final long SIZE = 4096;
  private static final long AVAIL = 1024;
  private static final long USED = 2048;
  private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED;

  /// Guest memory with a ring of one-descriptor chains, and the table beside it.
  private static final class Machine {
    final MemorySegment ring;
    final MemorySegment notes;
    final GuestMemory memory;
    private int available;

    Machine() {
      this(
          Arena.ofAuto().allocate(SIZE, 4096),
          Arena.ofAuto().allocate(InflightTable.bytes(NUM), Long.BYTES));
      for (int i = 0; i < NUM; i++) {
        ring.set(ValueLayout.JAVA_LONG_UNALIGNED, 16L * i, 512);
        ring.set(U32, 16L * i + 8, 16);
      }
    }

    private Machine(MemorySegment ring, MemorySegment notes) {
      this.ring = ring;
      this.notes = notes;
      FileIdentity file = new FileIdentity(1, 1, FileIdentity.Type.REGULAR, 0);
      GuestRegion.Identity identity = new GuestRegion.Identity(file, 0, 0, 0, SIZE);
      memory = GuestMemory.of(List.of(new GuestRegion(identity, ring, () -> {})));
    }

    /// What there is when a process is killed now.
    Machine copy() {
      Machine copy =
          new Machine(
              Arena.ofAuto().allocate(SIZE, 4096).copyFrom(ring),
              Arena.ofAuto().allocate(notes.byteSize(), Long.BYTES).copyFrom(notes));
      copy.available = available;
      return copy;
    }

    void offer(int head) {
      ring.set(U16, AVAIL + 4 + 2L * (available % NUM), (short) head);
      available++;
      ring.set(U16, AVAIL + 2, (short) available);
    }

    int usedIndex() {
      return ring.get(U16, USED + 2) & 0xffff;
    }

    int usedHead(int index) {
      return ring.get(U32, USED + 4 + 8L * (index % NUM));
    }

    int usedBytes(int index) {
      return ring.get(U32, USED + 8 + 8L * (index % NUM));
    }

    SplitVirtqueue queue(boolean takesOver) {
      SplitVirtqueue queue =
          new SplitVirtqueue(
              new VirtqueuePlace(NUM, 0, AVAIL, USED),
              VirtioFeature.VERSION_1,
              0,
              new InflightTable(notes),
              takesOver);
      assertEquals(ChainResult.OK, queue.bind(memory));
      return queue;
    }
  }

  private static int take(SplitVirtqueue queue, Machine machine, DescriptorChain chain) {
    assertTrue(queue.hasNext());
    assertEquals(ChainResult.OK, queue.next(machine.memory, chain));
    return (int) queue.keep();
  }

  /// What a store changes.
  private record Word(boolean ofRing, long at, int bytes) {}

  /// The states a machine goes through while a chain is given back: before the first store, then
  /// behind each of them, in the order of the program.
  private static List<Machine> states(Machine before, Machine after, int head) {
    long state = 64 + 16L * head + 8;
    long place = USED + 4 + 8L * (before.usedIndex() % NUM);
    List<Word> stores =
        List.of(
            new Word(false, 4, 4),
            new Word(true, place + 4, 4),
            new Word(true, place, 4),
            new Word(true, USED + 2, 2),
            new Word(false, state, 8),
            new Word(false, 8, 4));
    List<Machine> states = new ArrayList<>(List.of(before.copy()));
    Machine now = before.copy();
    now.notes.set(ValueLayout.JAVA_LONG, state, 2L | 77L << 32);
    states.add(now.copy());
    for (Word word : stores) {
      MemorySegment to = word.ofRing() ? now.ring : now.notes;
      MemorySegment from = word.ofRing() ? after.ring : after.notes;
      MemorySegment.copy(from, word.at(), to, word.at(), word.bytes());
      states.add(now.copy());
    }
    assertEquals(-1, now.ring.mismatch(after.ring), "all stores to the ring are known");
    assertEquals(-1, now.notes.mismatch(after.notes), "all stores to the table are known");
    return states;
  }

  @Test
  void noChainIsLostOrGivenBackTwiceWhereverAWorkerIsCutOff() {
    for (int rounds = 0; rounds < 2 * NUM + 1; rounds++) {
      Machine machine = new Machine();
      DescriptorChain chain = new DescriptorChain(NUM);
      SplitVirtqueue queue = machine.queue(false);
      for (int i = 0; i < rounds; i++) {
        machine.offer((3 * i) % NUM);
        queue.complete(take(queue, machine, chain), 7);
      }
      machine.offer(5);
      requireGivenBack(machine.copy(), rounds, 33, false, "not taken yet");
      int head = take(queue, machine, chain);
      Machine before = machine.copy();
      queue.complete((long) head, 77);
      int store = 0;
      for (Machine cut : states(before, machine, head)) {
        boolean again = store == 0;
        requireGivenBack(cut, rounds, again ? 33 : 77, again, "behind store " + store);
        store++;
      }
    }
  }

  /// Takes a machine over where chain 5 is the last one, and looks that it is given back once.
  ///
  /// @param bytes what the used ring has to say of it; 33 when it had not been handled to the end
  private static void requireGivenBack(
      Machine machine, int before, int bytes, boolean repeated, String when) {
    DescriptorChain chain = new DescriptorChain(NUM);
    SplitVirtqueue queue = machine.queue(true);
    if (bytes == 33) {
      assertEquals(5, take(queue, machine, chain), when);
      assertEquals(repeated, queue.isRepeated(), when);
      queue.complete(5, 33);
    }
    assertFalse(queue.hasNext(), when);
    assertEquals(before + 1, machine.usedIndex(), when);
    assertEquals(5, machine.usedHead(before), when);
    assertEquals(bytes, machine.usedBytes(before), when);
    assertFalse(machine.copy().queue(true).hasNext(), when);
    machine.offer(1);
    assertEquals(1, take(queue, machine, chain), when);
    assertFalse(queue.isRepeated(), when);
  }

  @Test
  void chainsThatWereKeptComeAgainInTheirOrder() {
    Machine machine = new Machine();
    DescriptorChain chain = new DescriptorChain(NUM);
    SplitVirtqueue queue = machine.queue(false);
    for (int head : new int[] {6, 2, 7, 0}) {
      machine.offer(head);
      take(queue, machine, chain);
    }
    queue.complete(7, 1);
    machine.offer(3);
    SplitVirtqueue next = machine.queue(true);
    for (int head : new int[] {6, 2, 0}) {
      assertEquals(head, take(next, machine, chain));
      assertTrue(next.isRepeated());
    }
    assertEquals(3, take(next, machine, chain));
    assertFalse(next.isRepeated());
    assertFalse(next.hasNext());
  }

  @Test
  void chainsInAnyOrderThroughManyProcesses() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    String what = "seed " + seed;
    Machine machine = new Machine();
    DescriptorChain chain = new DescriptorChain(NUM);
    SplitVirtqueue queue = machine.queue(false);
    List<Integer> free = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7));
    List<Integer> taken = new ArrayList<>();
    int seen = 0;
    for (int step = 0; step < 100_000; step++) {
      int dice = random.nextInt(10);
      if (dice < 4 && !free.isEmpty()) {
        machine.offer(free.remove(/* index */ random.nextInt(free.size())));
      } else if (dice < 7 && queue.hasNext()) {
        taken.add(take(queue, machine, chain));
      } else if (dice < 9 && !taken.isEmpty()) {
        queue.complete(taken.remove(/* index */ random.nextInt(taken.size())), step);
        assertEquals(step, machine.usedBytes(seen & 0xffff), what);
        free.add(machine.usedHead(seen++ & 0xffff));
      } else if (dice == 9) {
        queue = machine.queue(true);
        for (int head : taken) {
          assertEquals(head, take(queue, machine, chain), what);
        }
      }
      assertEquals(seen & 0xffff, machine.usedIndex(), what);
    }
  }
}

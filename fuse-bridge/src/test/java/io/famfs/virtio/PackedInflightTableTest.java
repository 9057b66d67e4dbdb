package io.famfs.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A packed queue is cut off between any two stores that its worker does, and taken over.
class PackedInflightTableTest {
  private static final int NUM = PackedMachine.NUM;

  private static long take(Virtqueue queue, PackedMachine machine, DescriptorChain chain) {
    assertTrue(queue.hasNext());
    assertEquals(ChainResult.OK, queue.next(machine.memory, chain));
    return queue.keep();
  }

  /// The states a machine goes through while a chain is given back: before the first store, then
  /// behind each of them, in the order of the program.
  private static List<PackedMachine> states(
      PackedMachine before, PackedMachine after, long ticket) {
    long place = ticket >>> 32;
    long state = 64 + 40 * place + 24;
    long entry = 16L * before.usedAt;
    List<PackedMachine> states = new ArrayList<>(List.of(before.copy()));
    PackedMachine now = before.copy();
    now.notes.set(ValueLayout.JAVA_LONG, state, 2L | 77L << 32);
    states.add(now.copy());
    now.copyNotes(after, 8, 8);
    states.add(now.copy());
    for (int[] part : new int[][] {{8, 4}, {12, 2}, {14, 2}}) {
      now.copyRing(after, entry + part[0], part[1]);
      states.add(now.copy());
    }
    now.copyNotes(after, state, 8);
    states.add(now.copy());
    now.copyNotes(after, 24, 4);
    states.add(now.copy());
    assertEquals(-1, now.ring.mismatch(after.ring), "all stores to the ring are known");
    assertEquals(-1, now.notes.mismatch(after.notes), "all stores to the table are known");
    return states;
  }

  @Test
  void noChainIsLostOrGivenBackTwiceWhereverAWorkerIsCutOff() {
    for (int rounds = 0; rounds < 2 * NUM + 1; rounds++) {
      PackedMachine machine = new PackedMachine();
      DescriptorChain chain = new DescriptorChain(NUM);
      Virtqueue queue = machine.queue(false);
      for (int i = 0; i < rounds; i++) {
        machine.offer(i % NUM, 1 + i % 3, 100 + i);
        queue.complete(take(queue, machine, chain), 7);
        assertEquals(List.of(i % NUM), machine.used());
      }
      // The first of two is still being handled, and the entry of the second is in its place.
      machine.offer(5, 2, 1005);
      machine.offer(6, 3, 1006);
      take(queue, machine, chain);
      long second = take(queue, machine, chain);
      PackedMachine before = machine.copy();
      queue.complete(second, 77);
      int store = 0;
      for (PackedMachine cut : states(before, machine, second)) {
        requireGivenBack(cut, store == 0, "rounds " + rounds + " behind store " + store);
        store++;
      }
    }
  }

  /// Takes a machine over where chains 5 and 6 were taken and 6 was being given back.
  ///
  /// @param both whether the second has to be handled again too
  private static void requireGivenBack(PackedMachine machine, boolean both, String when) {
    DescriptorChain chain = new DescriptorChain(NUM);
    Virtqueue queue = machine.queue(true);
    long first = take(queue, machine, chain);
    assertTrue(queue.isRepeated(), when);
    assertEquals(1005 + 1006, chain.readable().totalBytes(), when);
    if (both) {
      long second = take(queue, machine, chain);
      assertEquals(1006 + 1007 + 1008, chain.readable().totalBytes(), when);
      queue.complete(second, 33);
    }
    assertFalse(queue.hasNext(), when);
    queue.complete(first, 34);
    assertEquals(List.of(6, 5), machine.used(), when);
    assertEquals(List.of(both ? 33 : 77, 34), machine.writtenBytes(), when);
    assertFalse(machine.copy().queue(true).hasNext(), when);
    machine.offer(1, 1, 9);
    queue.complete(take(queue, machine, chain), 1);
    assertFalse(queue.isRepeated(), when);
    assertEquals(List.of(1), machine.used(), when);
  }

  @Test
  void entryWhosePlaceTheDriverHasUsedAgainIsNotGivenBackTwice() {
    PackedMachine machine = new PackedMachine();
    DescriptorChain chain = new DescriptorChain(NUM);
    Virtqueue queue = machine.queue(false);
    machine.offer(0, NUM, 10);
    long ticket = take(queue, machine, chain);
    PackedMachine before = machine.copy();
    queue.complete(ticket, 77);
    // Killed when the flags were out and nothing noted; the driver has filled the ring again.
    PackedMachine cut = states(before, machine, ticket).get(5);
    assertEquals(List.of(0), cut.used());
    cut.offer(1, NUM, 20);
    Virtqueue next = cut.queue(true);
    long again = take(next, cut, chain);
    assertFalse(next.isRepeated());
    next.complete(again, 5);
    assertEquals(List.of(1), cut.used());
    assertFalse(next.hasNext());
  }

  @Test
  void chainsInAnyOrderThroughManyProcessesAndStops() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    String what = "seed " + seed;
    PackedMachine machine = new PackedMachine();
    DescriptorChain chain = new DescriptorChain(NUM);
    Virtqueue queue = machine.queue(false);
    List<Integer> free = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6));
    List<Integer> taken = new ArrayList<>();
    List<Long> tickets = new ArrayList<>();
    List<Integer> offered = new ArrayList<>();
    for (int step = 0; step < 100_000; step++) {
      int dice = random.nextInt(12);
      int slots = 1 + random.nextInt(3);
      if (dice < 4 && !free.isEmpty() && machine.hasRoom(slots)) {
        int id = free.remove(/* index */ random.nextInt(free.size()));
        machine.offer(id, slots, 1000 + id);
        offered.add(id);
      } else if (dice < 7 && !offered.isEmpty()) {
        tickets.add(take(queue, machine, chain));
        taken.add(offered.removeFirst());
        assertFalse(queue.isRepeated(), what);
        assertEquals(taken.getLast(), (int) (tickets.getLast() & 0xffff), what);
      } else if (dice < 10 && !taken.isEmpty()) {
        int at = random.nextInt(taken.size());
        queue.complete(tickets.remove(at), step);
        assertEquals(List.of(taken.get(at)), machine.used(), what);
        assertEquals(List.of(step), machine.writtenBytes(), what);
        free.add(taken.remove(/* index */ at));
      } else if (dice == 10) {
        queue = machine.queue(false, queue.base());
      } else if (dice == 11) {
        queue = machine.queue(true);
        for (int i = 0; i < taken.size(); i++) {
          tickets.set(i, take(queue, machine, chain));
          assertTrue(queue.isRepeated(), what);
          assertEquals(taken.get(i), (int) (tickets.get(i) & 0xffff), what);
          assertEquals(
              1000 + taken.get(i), machine.firstLength(chain, taken.get(i)), "descriptors " + what);
        }
      }
      assertEquals(!offered.isEmpty(), queue.hasNext(), what);
    }
  }
}

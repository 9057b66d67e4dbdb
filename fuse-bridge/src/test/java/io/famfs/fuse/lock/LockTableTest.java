package io.famfs.fuse.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LockTableTest {
  private static final long FILE = 7;
  private static final int OWNERS = 5;
  private static final List<LockType> TYPES = List.of(LockType.READ, LockType.WRITE, LockType.NONE);
  private static final int STEPS = 400;
  private static final int SEQUENCES = 400;

  private final LockTable table = new LockTable();
  private final List<LockClient> clients = new ArrayList<>();
  private final Map<Long, Integer> answers = new HashMap<>();

  LockTableTest() {
    clients.add(new LockClient());
    clients.add(new LockClient());
  }

  /// Owners 0, 2, 4 are of the first client, 1 and 3 of the second.
  private LockOwner owner(long number) {
    return new LockOwner(clients.get((int) (number % 2)), number);
  }

  private LockRequest request(LockModel.Ask ask) {
    long last = ask.last() == LockModel.BYTES - 1 ? Long.MAX_VALUE : ask.last();
    return new LockRequest(
        FILE,
        ask.flock() ? LockKind.WHOLE : LockKind.RECORD,
        owner(ask.owner()),
        ask.flock() ? LockRange.ALL : new LockRange(ask.first(), last),
        ask.type(),
        1000 + (int) ask.owner());
  }

  private int await(LockModel.Ask ask) {
    return table.await(request(ask), ask.unique(), () -> result -> noted(ask.unique(), result));
  }

  private void noted(long unique, int result) {
    assertNull(answers.put(unique, result), "answered twice");
  }

  /// Thousands of random sequences against the model: every result, every late answer, everybody
  /// who is in the way, and the number of ranges.
  @Test
  void doesWhatTheModelDoes() {
    long seed = System.nanoTime();
    for (int sequence = 0; sequence < SEQUENCES; sequence++) {
      new LockTableTest().sequence(seed + sequence);
    }
  }

  private void sequence(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    LockModel model = new LockModel();
    List<String> log = new ArrayList<>();
    try {
      for (int step = 1; step <= STEPS; step++) {
        step(random, model, step * 2L, log);
        assertEquals(model.answers, answers);
        assertEquals(model.waitingCount(), table.waiting());
        compareHolders(random, model);
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + "\n" + String.join("\n", log), e);
    }
  }

  private void step(SplittableRandom random, LockModel model, long unique, List<String> log) {
    int what = random.nextInt(20);
    if (what == 0) {
      int client = random.nextInt(2);
      log.add("close " + client);
      Set<Long> owners =
          LongStream.range(0, OWNERS)
              .filter(o -> o % 2 == client)
              .boxed()
              .collect(Collectors.toSet());
      table.close(clients.get(client));
      clients.set(client, new LockClient());
      model.end(owners);
    } else if (what < 3) {
      Long waiting = model.anyWaiting(random.nextInt(100));
      log.add("interrupt " + waiting);
      if (waiting != null) {
        clients.forEach(client -> table.interrupt(client, waiting));
        model.interrupt(waiting);
      }
    } else {
      int first = random.nextInt(LockModel.BYTES);
      int last = Math.min(LockModel.BYTES - 1, first + random.nextInt(8));
      LockType type = TYPES.get(random.nextInt(3));
      LockModel.Ask ask =
          new LockModel.Ask(
              random.nextInt(4) == 0, random.nextInt(OWNERS), first, last, type, unique);
      boolean wait = what >= 8;
      log.add(ask + " " + wait);
      assertEquals(model.set(ask, wait), wait ? await(ask) : table.set(request(ask)));
    }
  }

  private void compareHolders(SplittableRandom random, LockModel model) {
    int first = random.nextInt(LockModel.BYTES);
    int last = random.nextInt(first, LockModel.BYTES);
    LockType type = random.nextBoolean() ? LockType.READ : LockType.WRITE;
    LockModel.Ask ask = new LockModel.Ask(false, random.nextInt(OWNERS), first, last, type, 0);
    Map<Long, Integer> expected = new TreeMap<>(model.inTheWay(ask));
    HeldLock found = table.conflict(request(ask));
    assertEquals(expected.isEmpty(), found == null);
    if (found != null) {
      int at = (int) Math.max(first, found.range().first());
      assertEquals(expected.get(found.owner().id()), at);
      assertEquals(expected.values().stream().min(Integer::compare).orElseThrow(), at);
      assertEquals(1000 + (int) found.owner().id(), found.pid());
    }
    boolean none =
        LongStream.range(0, OWNERS).filter(o -> o % 2 == 0).allMatch(o -> model.ranges(o) == 0);
    assertEquals(none, clients.getFirst().holdsNone());
  }

  private static LockModel.Ask ask(long owner, int first, int last, LockType type, long unique) {
    return new LockModel.Ask(false, owner, first, last, type, unique);
  }

  @Test
  void thoseWhoWaitGetItInTheOrderTheyCame() {
    assertEquals(0, table.set(request(ask(0, 0, 9, LockType.WRITE, 2))));
    for (int owner = 1; owner <= 4; owner++) {
      assertEquals(LockTable.WAITING, await(ask(owner, 0, 9, LockType.WRITE, owner * 2L)));
    }
    for (int owner = 0; owner < 4; owner++) {
      assertEquals(0, table.set(request(ask(owner, 0, 9, LockType.NONE, 100))));
      assertEquals(owner + 1, answers.size());
      assertEquals(0, answers.get((owner + 1) * 2L));
    }
  }

  @Test
  void aDeadlockOfThreeIsFoundByTheLast() {
    for (int i = 0; i < 3; i++) {
      assertEquals(0, table.set(request(ask(i, i, i, LockType.WRITE, 0))));
    }
    assertEquals(LockTable.WAITING, await(ask(0, 1, 1, LockType.READ, 2)));
    assertEquals(LockTable.WAITING, await(ask(1, 2, 2, LockType.READ, 4)));
    assertEquals(-Errno.EDEADLK, await(ask(2, 0, 0, LockType.READ, 6)));
    assertEquals(0, table.set(request(ask(2, 2, 2, LockType.NONE, 0))));
    assertEquals(Map.of(4L, 0), answers);
  }

  @Test
  void anInterruptionMayComeBeforeItsRequest() {
    assertEquals(0, table.set(request(ask(0, 0, 0, LockType.WRITE, 2))));
    table.interrupt(clients.get(1), 4);
    assertEquals(-Errno.EINTR, await(ask(1, 0, 0, LockType.WRITE, 4)));
    assertEquals(LockTable.WAITING, await(ask(1, 0, 0, LockType.WRITE, 6)));
    assertEquals(0, table.waiting() - 1);
  }

  @Test
  void aClientHasALimitOfLocksAndOfWaitingRequests() {
    LockClient client = clients.getFirst();
    LockOwner owner = owner(0);
    for (long i = 0; i < LockClient.MAX_LOCKS; i++) {
      assertEquals(0, table.set(write(owner, 3 * i, 3 * i + 1)));
    }
    assertEquals(-Errno.ENOLCK, table.set(write(owner, Long.MAX_VALUE, Long.MAX_VALUE)));
    LockRequest split =
        new LockRequest(FILE, LockKind.RECORD, owner, new LockRange(1, 1), LockType.READ, 1);
    assertEquals(-Errno.ENOLCK, table.set(split), "one lock would become two");
    assertEquals(0, table.set(write(owner, 0, 5)), "two become one");
    assertFalse(client.holdsNone());
    for (int i = 0; i < LockClient.MAX_WAITING; i++) {
      assertEquals(LockTable.WAITING, await(ask(1, 0, 0, LockType.WRITE, i)));
    }
    assertEquals(-Errno.ENOLCK, await(ask(3, 0, 0, LockType.WRITE, 1_000_000)));
    table.close(client);
    assertTrue(client.holdsNone());
    assertEquals(LockClient.MAX_WAITING, answers.size());
    assertEquals(-Errno.ENOLCK, table.set(write(owner, 0, 1)), "the client has gone");
  }

  private static LockRequest write(LockOwner owner, long first, long last) {
    return new LockRequest(
        FILE, LockKind.RECORD, owner, new LockRange(first, last), LockType.WRITE, 1);
  }

  @Test
  void aRequestThatCannotBeKeptGetsAnErrorAndLeavesNothing() {
    assertEquals(0, table.set(request(ask(0, 0, 0, LockType.WRITE, 2))));
    LockRequest wanted = request(ask(1, 0, 0, LockType.WRITE, 4));
    assertEquals(-Errno.ENOLCK, table.await(wanted, 4, () -> null));
    assertEquals(0, table.waiting());
    assertEquals(LockTable.WAITING, await(ask(1, 0, 0, LockType.WRITE, 4)));
    assertEquals(-Errno.ENOLCK, table.again(clients.get(1), 4, () -> null));
    assertEquals(0, table.again(clients.get(1), 4, () -> null), "not waiting any more");
    assertNotNull(table.conflict(wanted));
  }
}

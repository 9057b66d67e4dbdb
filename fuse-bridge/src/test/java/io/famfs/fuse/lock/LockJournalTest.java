package io.famfs.fuse.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockJournalTest {
  private final MemorySegment memory = Arena.ofAuto().allocate(LockJournal.bytes(), Long.BYTES);

  private static LockClient client(long id) {
    LockClient client = new LockClient();
    client.id(id);
    return client;
  }

  private static LockRequest lock(LockClient client, LockType type) {
    return new LockRequest(7, LockKind.RECORD, new LockOwner(client, 70), LockRange.ALL, type, 33);
  }

  /// A process that is killed between two of these changes leaves no lock that is in the way of
  /// another one.
  @Test
  void endOfAClientIsNotedBeforeOthersGetWhatItHad() {
    LockTable table = new LockTable();
    table.keepIn(new LockJournal(memory));
    LockClient first = client(1);
    LockClient second = client(2);
    List<Integer> answers = new ArrayList<>();
    assertEquals(0, table.set(lock(first, LockType.WRITE)));
    int waits = table.await(lock(second, LockType.WRITE), 5, () -> answers::add);
    assertEquals(LockTable.WAITING, waits);
    table.close(first);
    assertEquals(List.of(0), answers);
    List<String> changes = new ArrayList<>();
    new LockJournal(memory)
        .replay(change -> changes.add(change.client() + (change.nodeid() == 0 ? " end" : " lock")));
    assertEquals(List.of("1 lock", "1 end", "2 lock"), changes);
  }

  @Test
  void nextProcessHasTheLocksOfItsClients() {
    LockTable table = new LockTable();
    table.keepIn(new LockJournal(memory));
    assertEquals(0, table.set(lock(client(1), LockType.WRITE)));
    LockTable next = new LockTable();
    next.keepIn(new LockJournal(memory));
    LockClient resumed = next.resume(1);
    assertEquals(0, next.set(lock(resumed, LockType.WRITE)), "it has the lock already");
    int refused = next.set(lock(client(2), LockType.READ));
    assertEquals(-11, refused, "EAGAIN: another client has it");
  }
}

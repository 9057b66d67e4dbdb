package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.store.NewAttributes;
import io.famfs.store.NewFileJournal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a process that was killed has counted, as its successor finds it.
class CountedRequestsTest {
  private static final long CLIENT = 11;
  private static final long NODEID = 99;

  private final MemorySegment memory = Arena.ofAuto().allocate(NewFileTable.bytes(), Long.BYTES);
  private final NewFileTable table = new NewFileTable(memory);
  private final int place = table.put(NewFileJournal.NOWHERE, entry());

  private static NewFileJournal.Entry entry() {
    NewAttributes attributes = new NewAttributes(0644, 0, 0);
    return new NewFileJournal.Entry("new", NODEID, attributes, 0, List.of(), false, false);
  }

  private CountedRequests.By by(long client, long unique) {
    return new CountedRequests.By(client, unique, table.counted().place());
  }

  private NewFileTable successor() {
    NewFileTable next = new NewFileTable(memory);
    assertEquals(1, next.left().size());
    return next;
  }

  @Test
  void requestThatWasCountedIsKnownAndCountedOnce() {
    assertTrue(table.handles(place, by(CLIENT, 4), 1));
    assertTrue(table.handles(place, by(CLIENT, 6), 2));
    assertTrue(table.handles(place, by(CLIENT + 1, 4), 1));
    NewFileTable next = successor();
    assertEquals(Map.of(CLIENT, 2, CLIENT + 1, 1), next.handles(place));
    assertTrue(next.counted().wasCounted(CLIENT, 4));
    assertTrue(next.counted().wasCounted(CLIENT, 6));
    assertTrue(next.counted().wasCounted(CLIENT + 1, 4));
    assertFalse(next.counted().wasCounted(CLIENT + 1, 6));
  }

  @Test
  void changeThatWasNotedAndNotMadeIsMadeByTheNextProcess() {
    assertTrue(table.handles(place, by(CLIENT, 4), 2));
    table.counted().note(by(CLIENT, 8), NODEID, 2, 1);
    NewFileTable next = successor();
    assertEquals(Map.of(CLIENT, 1), next.handles(place));
    assertTrue(next.counted().wasCounted(CLIENT, 8));
    assertEquals(Map.of(CLIENT, 1), successor().handles(place), "once");
  }

  @Test
  void workerHasOnePlaceForItsLastRequest() {
    CountedRequests.By first = by(CLIENT, 4);
    assertTrue(table.handles(place, first, 1));
    CountedRequests.By later = new CountedRequests.By(CLIENT, 6, first.place());
    assertTrue(table.handles(place, later, 0));
    NewFileTable next = successor();
    assertFalse(next.counted().wasCounted(CLIENT, 4), "it has been answered");
    assertTrue(next.counted().wasCounted(CLIENT, 6));
    assertEquals(Map.of(), next.handles(place));
    assertTrue(next.counted().place() > first.place(), "the next process has places of its own");
  }

  @Test
  void tooManyClientsChangeNothing() {
    for (int i = 0; i < NewFileTable.CLIENTS; i++) {
      assertTrue(table.handles(place, by(1 + i, 2), 1));
    }
    assertFalse(table.handles(place, by(1000, 2), 1));
    NewFileTable next = successor();
    assertEquals(NewFileTable.CLIENTS, next.handles(place).size());
    assertFalse(next.counted().wasCounted(1000, 2));
  }
}

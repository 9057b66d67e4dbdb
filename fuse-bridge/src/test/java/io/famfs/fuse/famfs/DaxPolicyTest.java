package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.window.GovernorState;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class DaxPolicyTest {
  private static final long RANGE = 2 << 20;

  private static Served serve(DaxPolicy policy, PageTableWindow window) throws IOException {
    FamfsOptions options = FamfsOptions.standard().withDax(policy);
    return new Served(TestVolume.inMemory(), options, window);
  }

  private static boolean maps(Served served, String path) {
    long nodeid = served.test.nodeid(path);
    MemorySegment attr = served.call(Requests.getattr(nodeid)).message();
    MemorySegment entry = served.call(Requests.lookup(1, path)).message();
    int flags = Attr.flags(attr, Served.ATTR_AT);
    assertEquals(flags, Attr.flags(entry, Served.ENTRY_ATTR_AT));
    return flags == Attr.FLAG_DAX;
  }

  @Test
  void everyPolicyChoosesItsFiles() throws IOException {
    requireMapped(new DaxPolicy.Always(), true, true, true);
    requireMapped(new DaxPolicy.Never(), false, false, false);
    requireMapped(new DaxPolicy.Governed(), true, true, true);
    requireMapped(new DaxPolicy.FromSize(0), true, true, true);
    requireMapped(new DaxPolicy.FromSize(6), false, true, true);
    requireMapped(new DaxPolicy.FromSize(TestVolume.STRIPED_BYTES), false, false, true);
    requireMapped(new DaxPolicy.FromSize(TestVolume.STRIPED_BYTES + 1), false, false, false);
  }

  private static void requireMapped(
      DaxPolicy policy, boolean hello, boolean simple, boolean striped) throws IOException {
    try (Served served = serve(policy, new PageTableWindow(16 << 20))) {
      assertEquals(hello, maps(served, "hello"), policy.toString());
      assertEquals(simple, maps(served, "simple"), policy.toString());
      assertEquals(striped, maps(served, "striped"), policy.toString());
      assertFalse(maps(served, "dir"));
      // A guest that maps all the same is served: it does not look at the attribute.
      byte[] map = Requests.setupMapping(served.test.nodeid("striped"), 0, 0, RANGE, 3);
      assertEquals(0, served.call(map).error());
    }
  }

  @Test
  void noPolicyMapsWhatCannotBe() throws IOException {
    for (DaxPolicy policy : new DaxPolicy[] {new DaxPolicy.Always(), new DaxPolicy.FromSize(0)}) {
      try (Served served = serve(policy, new PageTableWindow(16 << 20, 21))) {
        assertTrue(maps(served, "simple"));
      }
      try (Served served = serve(policy, new PageTableWindow(16 << 20, 22))) {
        assertFalse(maps(served, "simple"));
      }
      try (Served served = serve(policy, new PageTableWindow(16 << 20))) {
        long inode = InitFlag.HAS_INODE_DAX.mask();
        served.call(Requests.init(7, 45, -1, ~(int) (inode >>> 32)));
        assertFalse(maps(served, "simple"));
      }
    }
  }

  @Test
  void aWindowThatThrashesIsSeenAndTheNextSessionBeginsAnew() throws IOException {
    PageTableWindow window = new PageTableWindow(2 << 20);
    try (Served served = serve(new DaxPolicy.Governed(), window)) {
      FamfsFileSystem files = (FamfsFileSystem) served.files;
      long striped = served.test.nodeid("striped");
      for (int i = 0; i < 100; i++) {
        assertEquals(
            0, served.call(Requests.setupMapping(striped, i % 2 * RANGE, 0, RANGE, 2)).error());
      }
      served.call(Requests.removeMapping(striped, 0, RANGE));
      GovernorState state = files.windows().getFirst();
      assertEquals(1, state.ranges());
      assertEquals(0, state.live());
      assertEquals(100, state.maps());
      assertEquals(98, state.mapsAgain());
      assertEquals(2, state.workingSet());
      served.call(Requests.init());
      assertEquals(0, files.windows().getFirst().maps());
      assertEquals(1, files.windows().size());
      served.call(RequestBytes.of(Opcode.DESTROY, 0).bytes());
      assertTrue(files.windows().isEmpty());
    }
  }

  @Test
  void policiesAreReadAsTheyAreWritten() {
    for (String text : new String[] {"always", "never", "governed", "size:65536"}) {
      assertEquals(text, DaxPolicy.parse(text).toString());
    }
    assertEquals(new DaxPolicy.FromSize(4 << 20), DaxPolicy.parse("size:4M"));
    for (String text : new String[] {"", "Always", "size", "size:", "size:-1", "inode"}) {
      assertThrows(IllegalArgumentException.class, () -> DaxPolicy.parse(text), text);
    }
  }
}

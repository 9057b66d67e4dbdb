package io.famfs.fuse.server;

import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.Opcode;
import java.util.Arrays;
import java.util.function.LongConsumer;

/// What a client has open, for one reason only: to look at it when the client goes to another
/// server. Allocates when it grows.
final class OpenInodes {
  /// A client that has more open is looked at less closely.
  private static final int MAX_INODES = 1 << 20;

  private static final int FIRST_SLOTS = 64;

  private long[] nodeids = new long[FIRST_SLOTS];
  private int[] opens = new int[FIRST_SLOTS];
  private int used;

  /// Counts what a request has opened or closed.
  void handled(Request request) {
    switch (request.opcode()) {
      case Opcode.OPEN, Opcode.OPENDIR -> count(request.nodeid(), 1);
      case Opcode.CREATE -> count(EntryOut.nodeid(request.out(), Request.BODY), 1);
      case Opcode.RELEASE, Opcode.RELEASEDIR -> count(request.nodeid(), -1);
      default -> {
        // Opens and closes nothing.
      }
    }
  }

  private synchronized void count(long nodeid, int change) {
    int slot = slot(nodeids, nodeid);
    if (nodeids[slot] == 0) {
      if (change < 0 || nodeid == 0 || used == MAX_INODES) {
        return;
      }
      nodeids[slot] = nodeid;
      used++;
    }
    opens[slot] = Math.max(0, opens[slot] + change);
    if (used > nodeids.length / 2) {
      rebuild();
    }
  }

  private static int slot(long[] table, long nodeid) {
    int mask = table.length - 1;
    int at = (int) ((nodeid * 0x9E37_79B9_7F4A_7C15L) >>> 32) & mask;
    while (table[at] != 0 && table[at] != nodeid) {
      at = (at + 1) & mask;
    }
    return at;
  }

  /// Drops what is closed, and makes room.
  private void rebuild() {
    long[] old = nodeids;
    int[] counts = opens;
    int open = (int) Arrays.stream(counts).filter(count -> count > 0).count();
    int slots = Math.max(FIRST_SLOTS, Integer.highestOneBit(open + 1) << 3);
    nodeids = new long[slots];
    opens = new int[slots];
    used = 0;
    for (int i = 0; i < old.length; i++) {
      if (counts[i] > 0) {
        int slot = slot(nodeids, old[i]);
        nodeids[slot] = old[i];
        opens[slot] = counts[i];
        used++;
      }
    }
  }

  /// Begins with what a client had open elsewhere.
  synchronized void goOnWith(long nodeid, int count) {
    count(nodeid, count);
  }

  synchronized void clear() {
    nodeids = new long[FIRST_SLOTS];
    opens = new int[FIRST_SLOTS];
    used = 0;
  }

  synchronized int opens(long nodeid) {
    return nodeid == 0 ? 0 : opens[slot(nodeids, nodeid)];
  }

  /// Names everything that is open.
  synchronized void forEach(LongConsumer to) {
    for (int i = 0; i < nodeids.length; i++) {
      if (opens[i] > 0) {
        to.accept(nodeids[i]);
      }
    }
  }
}

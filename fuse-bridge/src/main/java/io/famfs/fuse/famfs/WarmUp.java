package io.famfs.fuse.famfs;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.ReleaseIn;
import io.famfs.fuse.protocol.RequestFrames;
import io.famfs.fuse.server.CopyingExchange;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.Session;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.NewAttributes;
import io.famfs.store.Placement;
import io.famfs.store.Volume;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Lets the server answer its own requests, on a volume in private memory, until what clients ask
/// most has been compiled. The first thousand requests of a process cost many times what the later
/// ones do, and the first client should not be the one to pay.
public final class WarmUp {
  private static final long DEVICE_BYTES = 16L << 20;
  private static final String NAME = "file";
  private static final int FILE_BYTES = 1 << 20;
  private static final int READ_BYTES = 4096;

  /// Enough for the compiler to have seen every step (C2 compiles after some 10,000 calls).
  private static final int ROUNDS = 20_000;

  /// How often it is looked whether the time is over.
  private static final int BATCH = 100;

  private WarmUp() {}

  /// Runs until everything was asked often enough, at most for a time.
  ///
  /// @return number of requests answered
  /// @throws IOException when there is no private memory for it; the server works all the same
  public static int run(Duration limit) throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    UUID host = UUID.randomUUID();
    try (MappedDaxDevice device = DaxDevices.memfd("famfs-warm-up", DEVICE_BYTES);
        Volume volume = Volume.format(List.of(device), FormatOptions.ownedBy(host))) {
      long file = makeFile(volume);
      FuseServer server = new FuseServer(new FamfsFileSystem(volume, FamfsOptions.standard()));
      try (Session session = server.openLocal()) {
        return ask(session, file, end);
      }
    }
  }

  private static long makeFile(Volume volume) throws IOException {
    try (FileCreation creation =
        volume.create(NAME, FILE_BYTES, new NewAttributes(0644, 0, 0), Placement.contiguous())) {
      return creation.commit().nodeid();
    }
  }

  private static int ask(Session session, long file, long end) {
    CopyingExchange exchange = new CopyingExchange();
    exchange.prepare(RequestFrames.init());
    exchange.send(session);
    List<MemorySegment> requests = requests(file, NAME);
    int asked = 1;
    for (int round = 0; round < ROUNDS; round++) {
      for (MemorySegment request : requests) {
        exchange.prepare(request);
        exchange.send(session);
      }
      asked += requests.size();
      if (round % BATCH == 0 && System.nanoTime() - end >= 0) {
        break;
      }
    }
    return asked;
  }

  static List<MemorySegment> requests(long file, String name) {
    List<MemorySegment> requests = new ArrayList<>();
    requests.add(RequestFrames.named(Opcode.LOOKUP, 1, name));
    requests.add(RequestFrames.named(Opcode.LOOKUP, 1, "missing"));
    requests.add(RequestFrames.getattr(file));
    requests.add(RequestFrames.open(Opcode.OPEN, file, 0));
    requests.add(RequestFrames.read(Opcode.READ, file, READ_BYTES));
    requests.add(RequestFrames.write(file, READ_BYTES));
    requests.add(RequestFrames.handled(Opcode.FLUSH, file, ReleaseIn.BYTES));
    requests.add(RequestFrames.handled(Opcode.RELEASE, file, ReleaseIn.BYTES));
    requests.add(RequestFrames.open(Opcode.OPENDIR, 1, 0));
    requests.add(RequestFrames.read(Opcode.READDIRPLUS, 1, READ_BYTES));
    requests.add(RequestFrames.handled(Opcode.RELEASEDIR, 1, ReleaseIn.BYTES));
    return requests;
  }
}

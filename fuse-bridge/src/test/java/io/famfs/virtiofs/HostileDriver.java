package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.server.EchoSession;
import io.famfs.fuse.server.Exchange;
import io.famfs.fuse.server.RequestHandler;
import io.famfs.os.FileIdentity;
import io.famfs.virtio.ChainResult;
import io.famfs.virtio.DescriptorChain;
import io.famfs.virtio.GuestMemory;
import io.famfs.virtio.GuestRegion;
import io.famfs.virtio.VirtioFeature;
import io.famfs.virtio.Virtqueue;
import io.famfs.virtio.VirtqueuePlace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/// Reads steps of a driver and of its device out of bytes and does them. A device that stops is
/// started anew at another place by the next step that needs it.
///
/// Guest memory is two regions that are neighbours in the guest and not in this process, between
/// stretches of memory that nobody may touch.
final class HostileDriver implements RequestHandler {
  static final int POKE = 0;
  static final int DESCRIPTOR = 1;
  static final int OFFER = 2;
  static final int SERVE = 3;
  static final int KEEP = 4;
  static final int GIVE_BACK = 5;
  static final int TAKE_OVER = 6;
  static final int STOP = 7;
  static final int TABLE = 8;
  static final int EVENTS = 9;
  static final int ARM = 10;
  static final int RETIRE = 11;
  static final int RAW = 12;
  private static final int STEPS = 13;

  private static final int REGION = 16 * 1024;
  private static final int GUARD = 4096;
  private static final byte CANARY = 0x5a;
  private static final long RING = 0x100;
  private static final long DRIVER_AREA = 0x1000;
  private static final long DEVICE_AREA = 0x1800;
  private static final int MAX_SERVED = 200;
  private static final int MAX_ECHO = 64 * 1024;
  private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED;

  private static final MemorySegment ALL = Arena.ofAuto().allocate(2L * REGION + 3L * GUARD, GUARD);
  private static final MemorySegment LOW = ALL.asSlice(GUARD, REGION);
  private static final MemorySegment HIGH = ALL.asSlice(2L * GUARD + REGION, REGION);
  private static final MemorySegment UNTOUCHED = Arena.ofAuto().allocate(GUARD, GUARD).fill(CANARY);
  private static final MemorySegment NOTES =
      Arena.ofAuto().allocate(Virtqueue.inflightBytes(64), Long.BYTES);

  private final byte[] bytes;
  private final boolean packed;
  private final int num;
  private final long features;
  private final boolean noted;
  private final DescriptorChain chain;
  private final EchoSession echo = new EchoSession(null);
  private final KeptChains kept = new KeptChains();
  private final Queue<Long> tickets = new ArrayDeque<>();
  private final QueueCounters counters = new QueueCounters();
  private GuestMemory memory = table(3);
  private Virtqueue queue;
  private VirtioExchange exchange;
  private int at;
  private boolean broken;
  private int availIndex;
  private int slot;
  private boolean wrap = true;
  private boolean changing;

  HostileDriver(byte[] bytes) {
    this.bytes = bytes;
    int first = take();
    packed = (first & 1) != 0;
    int shape = take();
    // A packed ring may have any size.
    num = packed ? 1 + (shape & 63) : 1 << (shape & 5);
    noted = (first & 8) != 0;
    features =
        VirtioFeature.VERSION_1
            | (packed ? VirtioFeature.RING_PACKED : 0)
            | ((first & 2) != 0 ? VirtioFeature.EVENT_IDX : 0)
            | ((first & 4) == 0 ? VirtioFeature.INDIRECT_DESC : 0);
    ALL.fill(CANARY);
    LOW.fill((byte) 0);
    HIGH.fill((byte) 0);
    NOTES.fill((byte) 0);
    chain = new DescriptorChain(num);
    int base = shape >= 0x80 ? take() * 0x01010101 : Virtqueue.freshBase(features);
    queue = Virtqueue.of(place(0), features, base, noted ? NOTES : null, false);
    exchange = new VirtioExchange(queue, chain, kept, counters);
  }

  void run() {
    broken = queue.bind(memory).breaksRing();
    while (at < bytes.length) {
      if (broken) {
        startAnew();
      }
      step(take() % STEPS);
    }
    requireCanaries();
  }

  private int take() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  private int takeShort() {
    return take() | take() << 8;
  }

  private static VirtqueuePlace place(int num, long shift) {
    return new VirtqueuePlace(num, RING + shift, DRIVER_AREA + shift, DEVICE_AREA + shift);
  }

  private VirtqueuePlace place(long shift) {
    return place(num, shift);
  }

  private static GuestMemory table(int regions) {
    List<GuestRegion> list = new ArrayList<>();
    if ((regions & 1) != 0) {
      list.add(region(0, LOW));
    }
    if ((regions & 2) != 0) {
      list.add(region(REGION, HIGH));
    }
    return GuestMemory.of(list);
  }

  private static GuestRegion region(long guest, MemorySegment memory) {
    FileIdentity file = new FileIdentity(1, guest, FileIdentity.Type.REGULAR, 0);
    return new GuestRegion(
        new GuestRegion.Identity(file, 0, guest, guest, memory.byteSize()), memory, () -> {});
  }

  private void step(int step) {
    switch (step) {
      case POKE -> poke();
      case DESCRIPTOR -> descriptor(16L * (take() % num) + RING);
      case OFFER -> offer(take(), take());
      case SERVE -> serve(false);
      case KEEP -> serve(true);
      case GIVE_BACK -> giveBack(take());
      case TAKE_OVER -> restart(takeShort() * 0x10001, noted);
      case STOP -> restart(queue.base(), false);
      case TABLE -> {
        memory = table(take());
        broken |= queue.bind(memory).breaksRing();
      }
      case EVENTS -> LOW.set(U32, DRIVER_AREA, takeShort() | takeShort() << 16);
      case ARM -> {
        queue.disarmNotification();
        boolean _ = queue.armNotification();
      }
      case RETIRE -> queue.retire();
      default -> descriptor(takeShort() % (REGION - 16L));
    }
  }

  private void poke() {
    int to = takeShort() % REGION;
    int length = Math.min(take(), REGION - to);
    for (int i = 0; i < length; i++) {
      LOW.set(ValueLayout.JAVA_BYTE, to + i, (byte) take());
    }
  }

  /// A descriptor in the form of the layout: address, length, flags, then next or id.
  private void descriptor(long to) {
    int address = takeShort();
    int length = takeShort();
    int flags = take();
    int last = take();
    LOW.set(U64, to, address == 0xffff ? -8L : address);
    LOW.set(U32, to + 8, length == 0xffff ? -1 : length);
    int all = packed ? (flags & 7) | available() : flags & 7;
    LOW.set(U16, to + (packed ? 14 : 12), (short) all);
    LOW.set(U16, to + (packed ? 12 : 14), (short) last);
  }

  private int available() {
    return wrap ? 1 << 7 : 1 << 15;
  }

  private void offer(int head, int count) {
    if (packed) {
      for (int i = 0; i < Math.min(count, 8); i++) {
        long flagsAt = RING + 16L * slot + 14;
        LOW.set(U16, flagsAt, (short) ((LOW.get(U16, flagsAt) & 7) | available()));
        if (++slot >= num) {
          slot = 0;
          wrap = !wrap;
        }
      }
    } else {
      LOW.set(U16, DRIVER_AREA + 4 + 2L * (availIndex & (num - 1)), (short) head);
      availIndex += count > 200 ? count : 1;
      LOW.set(U16, DRIVER_AREA + 2, (short) availIndex);
    }
  }

  private void serve(boolean keep) {
    for (int i = 0; i < MAX_SERVED && !broken && queue.hasNext(); i++) {
      ChainResult result = queue.next(memory, chain);
      broken = result.breaksRing();
      if (broken) {
        return;
      }
      assertTrue(chain.descriptors() <= num, "descriptors");
      int room = chain.writable().totalBytes();
      if (keep) {
        tickets.add(queue.keep());
        return;
      }
      changing = true;
      int written = exchange.serve(memory, result, this);
      changing = false;
      assertTrue(written >= 0 && written <= room, "written");
      queue.complete(written);
      boolean _ = queue.shouldSignal();
    }
  }

  private void giveBack(int which) {
    for (int i = 0; i < which % 4 && tickets.size() > 1; i++) {
      tickets.add(tickets.remove());
    }
    Long ticket = tickets.poll();
    if (ticket != null) {
      queue.complete(ticket, which);
    }
  }

  /// The front-end starts the ring anew after it was stopped, first where it cannot be.
  private void startAnew() {
    memory = table(3);
    tickets.clear();
    NOTES.fill((byte) 0);
    slot = 0;
    wrap = true;
    if (take() == 1) {
      assertTrue(start(8, Virtqueue.freshBase(features), false), "a ring that is not aligned");
    }
    broken = start(0, Virtqueue.freshBase(features), false);
  }

  private boolean start(long shift, int base, boolean takesOver) {
    MemorySegment notes = noted ? NOTES : null;
    queue = Virtqueue.of(place(shift), features, base, notes, takesOver);
    exchange = new VirtioExchange(queue, chain, kept, counters);
    return queue.bind(memory).breaksRing();
  }

  /// Another queue goes on, as the front-end says or with what is noted.
  private void restart(int base, boolean takesOver) {
    int waiting = tickets.size();
    if (takesOver || !noted) {
      tickets.clear();
    }
    broken = start(0, base, takesOver);
    for (int i = 0; takesOver && !broken && i < waiting; i++) {
      // A driver of a split ring may have offered one head several times, which is noted once.
      if (!packed && !queue.hasNext()) {
        return;
      }
      assertTrue(queue.hasNext(), "a chain that was kept comes again");
      broken = queue.next(memory, chain).breaksRing();
      assertTrue(queue.isRepeated() || !packed, "as one that was taken before");
      if (!broken) {
        tickets.add(queue.keep());
      }
    }
  }

  /// Copies the request to its reply; the driver changes something meanwhile.
  @Override
  public void handle(Exchange exchange) {
    if (changing && at < bytes.length && (bytes[at] & 1) != 0) {
      poke();
    }
    boolean fits = exchange.requestLength() <= MAX_ECHO;
    exchange.in().set(U32, 4, fits ? EchoSession.ECHO : EchoSession.SILENT);
    echo.handle(exchange);
  }

  private static void requireCanaries() {
    for (long guard : new long[] {0, (long) GUARD + REGION, 2L * (GUARD + REGION)}) {
      assertEquals(-1, ALL.asSlice(guard, GUARD).mismatch(UNTOUCHED), "memory outside was changed");
    }
  }
}

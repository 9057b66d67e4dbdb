package io.famfs.virtio;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A virtqueue seen from the device, in either of the two layouts. Driven by one thread.
///
/// The front-end gives size, addresses (in its own address space) and a base before it starts the
/// queue; [#bind] finds the parts in a memory table, again whenever that table changes. In every
/// cycle [#next] takes a chain, [#complete(int)] gives it back and [#shouldSignal] says whether the
/// driver wants to be told; before sleeping [#armNotification] asks the driver to tell us.
///
/// With memory that outlives the process a queue can be taken over from one that was killed: what
/// that one had taken and not given back comes first out of [#next], with [#isRepeated()], in the
/// order in which it was taken.
public sealed interface Virtqueue permits SplitVirtqueue, PackedVirtqueue {

  /// A queue of the layout that was negotiated.
  ///
  /// @param features the negotiated virtio features
  /// @param base where it starts or goes on, as SET_VRING_BASE has it, see [#base()]
  /// @param inflight where chains are noted that have been taken, at least [#inflightBytes] for
  ///   this size; null for nowhere
  /// @param takesOver whether what is noted there is what another process has left: then `base` is
  ///   found out
  static Virtqueue of(
      VirtqueuePlace place,
      long features,
      int base,
      @Nullable MemorySegment inflight,
      boolean takesOver) {
    if ((features & VirtioFeature.RING_PACKED) != 0) {
      PackedInflightTable table = inflight == null ? null : new PackedInflightTable(inflight);
      return new PackedVirtqueue(place, features, base, table, takesOver);
    }
    InflightTable table = inflight == null ? null : new InflightTable(inflight);
    return new SplitVirtqueue(place, features, base, table, takesOver);
  }

  /// The memory that notes of chains need, whatever the layout.
  static long inflightBytes(int entries) {
    return Math.max(InflightTable.bytes(entries), PackedInflightTable.bytes(entries));
  }

  /// The base of a queue that nobody has used, as SET_VRING_BASE has it.
  static int freshBase(long features) {
    return (features & VirtioFeature.RING_PACKED) != 0 ? PackedVirtqueue.FRESH_BASE : 0;
  }

  /// No address: nothing is marked.
  long UNLOGGED = -1;

  /// Finds the parts in a table. The table must be held as long as the queue is used with it.
  ///
  /// @return OK, or why the queue cannot run
  default ChainResult bind(GuestMemory memory) {
    return bind(memory, UNLOGGED);
  }

  /// The same with what is to be marked in the table's log when something is given back.
  ///
  /// @param logAddress what the used ring, or the device's event suppression, counts as there
  ///   (`log_guest_addr`), [#UNLOGGED] for nothing
  ChainResult bind(GuestMemory memory, long logAddress);

  /// Goes on with chains that a device elsewhere has taken and not given back: they come first out
  /// of [#next], with [#isRepeated()]. Call before the queue is bound. A packed queue can only go
  /// on with those in its own table.
  void goOnWith(int[] taken);

  /// Chains of [#goOnWith], or of another process, that have not come out of [#next] yet.
  int[] leftOver();

  /// How many entries it has.
  int num();

  /// Where to go on: what GET_VRING_BASE answers. Of a split queue the next available index; of a
  /// packed one the next available position in the low half and the next used one in the high half,
  /// each with its wrap counter as the highest bit.
  int base();

  /// Whether the driver has made a buffer available.
  boolean hasNext();

  /// Whether [#bind] has given back what another process had done, since this was asked last: the
  /// driver has to be told of it.
  boolean gaveBack();

  /// Whether the chain taken last was taken by another process before, which may have handled it.
  boolean isRepeated();

  /// Takes the next chain; call only when [#hasNext()].
  ///
  /// @return what [DescriptorChain] found; when it breaks the ring, nothing was taken
  ChainResult next(GuestMemory memory, DescriptorChain chain);

  /// Gives the chain taken last back to the driver.
  ///
  /// @param writtenBytes how much of the device-writable part was written
  void complete(int writtenBytes);

  /// Keeps the chain taken last, to give it back later with [#complete(long, int)].
  ///
  /// @return its ticket, which stays good for a queue that goes on in the place of this one
  long keep();

  /// Gives a chain back that was kept.
  void complete(long ticket, int writtenBytes);

  /// Whether the driver wants a used-buffer notification for what was completed since the last
  /// call.
  boolean shouldSignal();

  /// Asks the driver to notify us of the next buffer.
  ///
  /// @return whether a buffer has become available meanwhile, so that sleeping would miss it
  boolean armNotification();

  /// Asks the driver not to notify us while we look anyway; only a hint.
  void disarmNotification();

  /// Leaves the driver a used entry that names no buffer, so that it takes the queue for broken and
  /// fails every later request at once, instead of waiting for a device that has gone. (Linux
  /// `virtqueue_get_buf`, `virtqueue_add`: a used id outside the table marks the queue broken, and
  /// adding to a broken queue gives EIO.)
  ///
  /// As long as the driver has not read that entry it may add requests, and a broken queue gives
  /// none of them back. So the next [#complete(int)] takes the place of the entry; retire again
  /// after it.
  void retire();
}

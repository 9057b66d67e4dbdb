package io.famfs.virtiofs;

import io.famfs.virtio.VirtioFeature;
import io.famfs.virtio.Virtqueue;
import io.famfs.virtio.VirtqueuePlace;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a ring keeps from one worker to the next.
final class RingState {
  private final QueueCounters counters = new QueueCounters();
  private final KeptChains kept = new KeptChains();
  private final @Nullable MemorySegment inflight;
  private boolean left;
  private @Nullable NotificationQueue notices;

  private boolean packed;

  /// Chains that a device elsewhere has taken.
  private int[] given = {};

  /// @param inflight where the chains are noted that have been taken, or null
  /// @param left whether another process has done that before
  RingState(@Nullable MemorySegment inflight, boolean left) {
    this.inflight = inflight;
    this.left = left;
  }

  QueueCounters counters() {
    return counters;
  }

  /// The requests that are answered later.
  KeptChains kept() {
    return kept;
  }

  /// What its worker brings to the guest; null for requests.
  @Nullable NotificationQueue notices() {
    return notices;
  }

  /// What its worker brings to the guest, when it is the notification queue; null for requests.
  void carry(@Nullable NotificationQueue messages) {
    notices = messages;
  }

  /// Forgets the requests that have no reply yet: the guest has reset the device.
  void drop() {
    kept.drop();
    left = false;
    given = new int[0];
    if (inflight != null) {
      inflight.fill((byte) 0);
    }
  }

  /// The queue of a worker that begins.
  Virtqueue queue(VirtqueuePlace place, long features, int base) {
    boolean takesOver = left;
    left = false;
    packed = (features & VirtioFeature.RING_PACKED) != 0;
    Virtqueue queue = Virtqueue.of(place, features, base, inflight, takesOver);
    queue.goOnWith(given);
    return queue;
  }

  /// Goes on with chains that a device elsewhere has taken and not given back.
  void goOnWith(int[] taken) {
    given = taken;
  }

  /// Whether what was taken can be told to a device elsewhere: the descriptors of a packed ring may
  /// be gone.
  boolean isMovable() {
    return !packed || taken().isEmpty();
  }

  /// The chains that were taken and have no reply yet; no worker runs.
  List<Integer> taken() {
    return Stream.concat(kept.heads().stream(), Arrays.stream(given).boxed()).toList();
  }
}

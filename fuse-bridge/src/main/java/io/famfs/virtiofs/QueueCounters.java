package io.famfs.virtiofs;

import java.util.concurrent.atomic.AtomicLong;

/// What one queue of a back-end has seen. Written by its worker only, read by anybody.
final class QueueCounters {
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong memoryFaults = new AtomicLong();
  private final AtomicLong brokenRings = new AtomicLong();

  private static void add(AtomicLong counter) {
    // One writer, so no read-modify-write is needed.
    counter.setRelease(counter.getPlain() + 1);
  }

  void request() {
    add(requests);
  }

  /// A request that was no good.
  void malformed() {
    add(malformed);
  }

  /// Guest memory that has gone while it was used.
  void memoryFault() {
    add(memoryFaults);
  }

  void brokenRing() {
    add(brokenRings);
  }

  long requests() {
    return requests.getAcquire();
  }

  long malformedRequests() {
    return malformed.getAcquire();
  }

  long memoryFaultCount() {
    return memoryFaults.getAcquire();
  }

  long brokenRingCount() {
    return brokenRings.getAcquire();
  }
}

package io.famfs.virtiofs;

import java.util.ArrayList;
import java.util.List;

/// What a virtio-fs server has seen since its start, over all connections.
///
/// @param connections front-ends that have connected
/// @param shmemMaps window maps the front-ends have accepted
/// @param shmemUnmaps window unmaps the front-ends have accepted
/// @param windowFailures window requests that were refused or never answered
/// @param liveMaps window maps there are now
/// @param queueRequests requests per queue; queue 0 is the high-priority one
/// @param malformedRequests requests answered with an error because their buffers or their form
///   were no good
/// @param memoryFaults accesses to guest memory that had gone
/// @param brokenRings rings stopped because of what the driver wrote
public record VirtioFsStats(
    long connections,
    long shmemMaps,
    long shmemUnmaps,
    long windowFailures,
    long liveMaps,
    List<Long> queueRequests,
    long malformedRequests,
    long memoryFaults,
    long brokenRings) {

  public VirtioFsStats {
    queueRequests = List.copyOf(queueRequests);
  }

  static VirtioFsStats none(int queues) {
    List<Long> zeros = new ArrayList<>();
    for (int i = 0; i < queues; i++) {
      zeros.add(0L);
    }
    return new VirtioFsStats(0, 0, 0, 0, 0, zeros, 0, 0, 0);
  }

  VirtioFsStats plus(VirtioFsStats other) {
    List<Long> sums = new ArrayList<>();
    for (int i = 0; i < queueRequests.size(); i++) {
      sums.add(queueRequests.get(i) + other.queueRequests.get(i));
    }
    return new VirtioFsStats(
        connections + other.connections,
        shmemMaps + other.shmemMaps,
        shmemUnmaps + other.shmemUnmaps,
        windowFailures + other.windowFailures,
        liveMaps + other.liveMaps,
        sums,
        malformedRequests + other.malformedRequests,
        memoryFaults + other.memoryFaults,
        brokenRings + other.brokenRings);
  }

  VirtioFsStats withoutLiveMaps() {
    return new VirtioFsStats(
        connections,
        shmemMaps,
        shmemUnmaps,
        windowFailures,
        0,
        queueRequests,
        malformedRequests,
        memoryFaults,
        brokenRings);
  }
}

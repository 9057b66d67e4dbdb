package io.famfs.store.repair;

import io.famfs.core.DaxDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Carries plans out.
public final class RepairExecutor {
  private RepairExecutor() {}

  /// Does what a plan says. The devices are those that it was made for, writable, unchanged since,
  /// and nobody else uses them.
  ///
  /// @throws IOException when the memory of a device cannot be written; what was done until then
  ///   leaves a volume that the next repair finishes
  public static void execute(RepairPlan plan, List<? extends DaxDevice> devices)
      throws IOException {
    try {
      new StepWriter(devices)
          .run(
              plan.steps(),
              (device, offset, bytes, lastWordAt) ->
                  store(devices.get(device), offset, bytes, lastWordAt));
    } catch (InternalError e) {
      throw new IOException("the memory of a device cannot be written", e);
    }
  }

  /// Stores the words that differ, in order of their place, then the last one.
  static void store(DaxDevice device, long offset, byte[] bytes, int lastWordAt) {
    if (lastWordAt < 0) {
      device.store(MemorySegment.ofArray(bytes), offset);
      device.writeBack(offset, bytes.length);
      return;
    }
    byte[] old = Bytes.copy(device, offset, bytes.length);
    for (int at = 0; at < bytes.length; at += Long.BYTES) {
      if (at != lastWordAt && Bytes.word(old, at) != Bytes.word(bytes, at)) {
        device.storeLong(offset + at, Bytes.word(bytes, at));
      }
    }
    device.writeBack(offset, bytes.length);
    if (Bytes.word(old, lastWordAt) != Bytes.word(bytes, lastWordAt)) {
      device.storeLong(offset + lastWordAt, Bytes.word(bytes, lastWordAt));
      device.writeBack(offset, bytes.length);
    }
  }
}

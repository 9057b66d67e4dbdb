package io.famfs.store.extent;

/// Where [ExtentMap#resolve] puts its answer: one contiguous run on one device. Owned and reused by
/// the caller, not shared between threads.
public final class ExtentCursor {
  private int deviceIndex;
  private long deviceOffset;
  private long runBytes;

  /// An empty run.
  public ExtentCursor() {}

  void set(int deviceIndex, long deviceOffset, long runBytes) {
    this.deviceIndex = deviceIndex;
    this.deviceOffset = deviceOffset;
    this.runBytes = runBytes;
  }

  /// The device of the run, as daxdev index.
  public int deviceIndex() {
    return deviceIndex;
  }

  /// The first byte of the run on that device.
  public long deviceOffset() {
    return deviceOffset;
  }

  /// Length of the run; 0 when there was nothing to resolve.
  public long runBytes() {
    return runBytes;
  }
}

package io.famfs.fuse.window;

import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.WindowPieces;
import java.util.function.LongSupplier;

/// A window whose governor sees what is done with it. For one session: a client that begins anew
/// gets a new one.
public final class GovernedWindow implements MappingWindow {
  private final MappingWindow window;
  private final WindowGovernor governor;
  private final LongSupplier nanoClock;

  /// Stands before a window.
  public GovernedWindow(MappingWindow window, LongSupplier nanoClock, GovernorSettings settings) {
    this.window = window;
    this.nanoClock = nanoClock;
    governor = new WindowGovernor(window.sizeBytes(), nanoClock, settings);
  }

  /// Who decides which files are copied.
  public WindowGovernor governor() {
    return governor;
  }

  @Override
  public long sizeBytes() {
    return window.sizeBytes();
  }

  @Override
  public boolean enforcesReadOnly() {
    return window.enforcesReadOnly();
  }

  @Override
  public int alignmentLog2() {
    return window.alignmentLog2();
  }

  @Override
  public int map(
      long nodeid,
      long fileOffset,
      long windowOffset,
      long lengthBytes,
      WindowPieces pieces,
      boolean writable) {
    long before = nanoClock.getAsLong();
    int result = window.map(nodeid, fileOffset, windowOffset, lengthBytes, pieces, writable);
    if (result == 0) {
      long took = nanoClock.getAsLong() - before;
      governor.mapped(nodeid, fileOffset, windowOffset, lengthBytes, took);
    }
    return result;
  }

  @Override
  public int unmap(long windowOffset, long lengthBytes) {
    long before = nanoClock.getAsLong();
    int result = window.unmap(windowOffset, lengthBytes);
    if (result == 0) {
      governor.unmapped(windowOffset, lengthBytes, nanoClock.getAsLong() - before);
    }
    return result;
  }

  @Override
  public int withdraw(int deviceIndex, long deviceOffset, long lengthBytes) {
    return window.withdraw(deviceIndex, deviceOffset, lengthBytes);
  }

  @Override
  public void unmapAll() {
    window.unmapAll();
  }
}

package io.famfs.fuse.server;

import java.util.Arrays;
import java.util.Objects;

/// Runs of device memory as they have to appear in a window, one behind the other. Owned by one
/// worker and used again for every mapping, so that mapping allocates nothing.
public final class WindowPieces {
  private static final int FIRST_CAPACITY = 16;

  private int count;
  private int[] deviceIndex = new int[FIRST_CAPACITY];
  private long[] deviceOffset = new long[FIRST_CAPACITY];
  private long[] windowOffset = new long[FIRST_CAPACITY];
  private long[] lengthBytes = new long[FIRST_CAPACITY];

  /// No pieces.
  public WindowPieces() {}

  /// Takes all pieces out.
  public void clear() {
    count = 0;
  }

  /// Adds a piece; one that goes on where the last one ends, in the window and on the device,
  /// becomes part of it.
  ///
  /// @param device which device of the volume, 0 is the primary
  /// @param onDevice first byte on that device
  /// @param inWindow first byte in the window
  /// @param bytes number of bytes, a multiple of the window's alignment
  public void add(int device, long onDevice, long inWindow, long bytes) {
    int last = count - 1;
    if (last >= 0
        && deviceIndex[last] == device
        && deviceOffset[last] + lengthBytes[last] == onDevice
        && windowOffset[last] + lengthBytes[last] == inWindow) {
      lengthBytes[last] += bytes;
      return;
    }
    if (count == deviceIndex.length) {
      grow();
    }
    deviceIndex[count] = device;
    deviceOffset[count] = onDevice;
    windowOffset[count] = inWindow;
    lengthBytes[count] = bytes;
    count++;
  }

  private void grow() {
    int capacity = count * 2;
    deviceIndex = Arrays.copyOf(deviceIndex, capacity);
    deviceOffset = Arrays.copyOf(deviceOffset, capacity);
    windowOffset = Arrays.copyOf(windowOffset, capacity);
    lengthBytes = Arrays.copyOf(lengthBytes, capacity);
  }

  /// Number of pieces.
  public int count() {
    return count;
  }

  /// The device of a piece.
  ///
  /// @param i below [#count()], as in the calls that follow
  public int deviceIndex(int i) {
    return deviceIndex[Objects.checkIndex(i, count)];
  }

  /// The first byte of a piece on its device.
  public long deviceOffset(int i) {
    return deviceOffset[Objects.checkIndex(i, count)];
  }

  /// The first byte of a piece in the window.
  public long windowOffset(int i) {
    return windowOffset[Objects.checkIndex(i, count)];
  }

  /// The length of a piece.
  public long lengthBytes(int i) {
    return lengthBytes[Objects.checkIndex(i, count)];
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : ", ").append(windowOffset[i]).append('+').append(lengthBytes[i]);
      text.append(" of ").append(deviceIndex[i]).append(':').append(deviceOffset[i]);
    }
    return text.toString();
  }
}

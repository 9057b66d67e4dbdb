package io.famfs.virtio;

/// Positions of a packed ring: an index and a wrap counter (clause 2.8.1), which is 1 in the first
/// lap. In its wire form the counter is bit 15; as a step both are one number that runs through two
/// laps, so that distances can be computed.
final class RingPosition {
  private static final int INDEX_MASK = PackedLayout.WRAP - 1;

  private RingPosition() {}

  static int wire(int step, int num) {
    return step < num ? step | PackedLayout.WRAP : step - num;
  }

  static int step(int wire, int num) {
    int index = wire & INDEX_MASK;
    return (wire & PackedLayout.WRAP) != 0 ? index : index + num;
  }

  /// Whether a wire form is a position of a ring of this size.
  static boolean isValid(int wire, int num) {
    return (wire & INDEX_MASK) < num;
  }

  static int plus(int step, int more, int num) {
    int sum = step + more;
    return sum < 2 * num ? sum : sum - 2 * num;
  }

  static int distance(int from, int to, int num) {
    int steps = to - from;
    return steps < 0 ? steps + 2 * num : steps;
  }

  static int index(int step, int num) {
    return step < num ? step : step - num;
  }

  static boolean wrap(int step, int num) {
    return step < num;
  }
}

package io.famfs.store.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What [FormatChecker] thinks of an image.
///
/// Findings are kept by log index; [#VOLUME] stands for superblock and log header. A _violation_ is
/// something a reader must not accept. A _deviation_ is something a reader can live with and a
/// writer never produces.
public final class Verdict {
  /// Where findings about superblock and log header are kept.
  public static final long VOLUME = -1;

  /// A run of bytes on a device.
  ///
  /// @param device index of the device, as it stands on the media
  /// @param offset first byte
  /// @param length number of bytes
  public record Extent(long device, long offset, long length) {}

  /// A file or directory that keeps the rules.
  ///
  /// @param index its log entry
  /// @param path relative path
  /// @param directory whether it is a directory
  /// @param size bytes of a file
  /// @param mode permission bits as they stand
  /// @param uid owner, unsigned
  /// @param gid group, unsigned
  /// @param chunk chunk size when it is interleaved, else 0
  /// @param extents extents or strips
  public record Node(
      long index,
      String path,
      boolean directory,
      long size,
      int mode,
      long uid,
      long gid,
      long chunk,
      List<Extent> extents) {}

  /// A device that the log adds.
  ///
  /// @param size bytes
  /// @param uuid 32 hexadecimal digits
  public record Device(long size, String uuid) {}

  private final Map<Long, List<String>> violations = new TreeMap<>();
  private final Map<Long, List<String>> deviations = new TreeMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Extent> named = new ArrayList<>();
  private final List<Device> devices = new ArrayList<>();
  private boolean readable;
  private long entries;

  void violation(long index, String what) {
    violations.computeIfAbsent(index, _ -> new ArrayList<>()).add(what);
  }

  void deviation(long index, String what) {
    deviations.computeIfAbsent(index, _ -> new ArrayList<>()).add(what);
  }

  void add(Node node) {
    nodes.add(node);
  }

  void add(Device device) {
    devices.add(device);
  }

  void name(List<Extent> extents) {
    named.addAll(extents);
  }

  void readable(long entriesInUse) {
    readable = true;
    entries = entriesInUse;
  }

  /// Whether superblock and log header allow the entries to be read.
  public boolean readable() {
    return readable;
  }

  /// Number of log entries in use.
  public long entries() {
    return entries;
  }

  /// What no reader must accept, by log index.
  public Map<Long, List<String>> violations() {
    return violations;
  }

  /// What no writer produces, by log index.
  public Map<Long, List<String>> deviations() {
    return deviations;
  }

  /// Whether it could have been written by a right writer.
  public boolean flawless() {
    return readable && violations.isEmpty() && deviations.isEmpty();
  }

  /// Files and directories that keep the rules, in log order.
  public List<Node> nodes() {
    return nodes;
  }

  /// Every extent that any entry in use names, whether the entry is right or wrong.
  public List<Extent> named() {
    return named;
  }

  /// The devices, the primary first.
  public List<Device> devices() {
    return devices;
  }

  @Override
  public String toString() {
    return "violations " + violations + ", deviations " + deviations;
  }
}

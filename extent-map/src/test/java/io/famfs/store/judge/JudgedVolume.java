package io.famfs.store.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.DaxDevice;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.judge.Verdict.Extent;
import io.famfs.store.judge.Verdict.Node;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Holds what the store shows against what [FormatChecker] reads.
public final class JudgedVolume {
  private static final long MOST_METADATA_BYTES = 1L << 30;

  private JudgedVolume() {}

  /// The verdict on a primary device.
  public static Verdict judge(DaxDevice device) {
    long metadata = Math.min(device.sizeBytes(), MOST_METADATA_BYTES);
    return FormatChecker.judge(
        device.memory().asSlice(0, metadata).asByteBuffer(), device.sizeBytes());
  }

  /// Claims that the media are flawless and that the store reads from them what is there.
  public static Verdict assertFlawless(List<? extends DaxDevice> devices) throws Exception {
    Verdict verdict = judge(devices.getFirst());
    assertTrue(verdict.flawless(), verdict.toString());
    Volume volume = Volume.open(devices, OpenOptions.forReading());
    assertEquals(List.of(), volume.report().faults());
    assertEquals(verdict.nodes(), nodes(volume));
    return verdict;
  }

  /// Everything in a volume, in log order.
  public static List<Node> nodes(Volume volume) {
    List<Node> nodes = new ArrayList<>();
    collect(volume.namespace().root(), nodes);
    nodes.sort(Comparator.comparingLong(Node::index));
    return nodes;
  }

  private static void collect(DirectoryInode directory, List<Node> nodes) {
    for (Inode child : directory.children()) {
      nodes.add(
          new Node(
              child.logIndex(),
              child.path(),
              child instanceof DirectoryInode,
              child.sizeBytes(),
              child.mode(),
              Integer.toUnsignedLong(child.uid()),
              Integer.toUnsignedLong(child.gid()),
              child instanceof FileInode file ? file.extents().chunkBytes() : 0,
              child instanceof FileInode file ? extents(file.extents()) : List.of()));
      if (child instanceof DirectoryInode below) {
        collect(below, nodes);
      }
    }
  }

  private static List<Extent> extents(ExtentMap map) {
    List<Extent> extents = new ArrayList<>();
    for (int i = 0; i < map.rangeCount(); i++) {
      extents.add(new Extent(map.rangeDaxdevIndex(i), map.rangeOffset(i), map.rangeLengthBytes(i)));
    }
    return extents;
  }
}

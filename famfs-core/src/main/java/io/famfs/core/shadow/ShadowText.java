package io.famfs.core.shadow;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry.FileEntry;
import java.util.List;

/// The text of a shadow file: what the log says about a file, in YAML, byte for byte as the
/// reference writes it (`famfs-format.md`, section 10).
public final class ShadowText {
  private static final String PATH = "  path: ";
  private static final int PATH_INDENT = 4;

  private ShadowText() {}

  /// The text for an entry that keeps the rules of the format.
  ///
  /// Owner and group are written signed in 32 bits, as the reference does.
  public static String of(FileEntry entry) {
    StringBuilder out = new StringBuilder("---\nfile:\n").append(PATH);
    ScalarText.append(out, entry.path().toString(), PATH.length(), PATH_INDENT);
    out.append("\n  size: ").append(entry.sizeBytes());
    out.append("\n  flags: ").append(entry.flags());
    out.append("\n  mode: 0").append(Integer.toOctalString(entry.mode()));
    out.append("\n  uid: ").append(entry.uid());
    out.append("\n  gid: ").append(entry.gid());
    switch (entry.fmap()) {
      case Fmap.Simple simple -> {
        out.append("\n  nextents: ").append(simple.ranges().size()).append('\n');
        ranges(out, "  ", simple.ranges());
      }
      case Fmap.Interleaved interleaved -> {
        out.append("\n  nextents: 1\n  striped_ext_list:\n");
        out.append("  - nstrips: ").append(interleaved.ranges().size());
        out.append("\n    chunk_size: ").append(hex(interleaved.chunkBytes())).append('\n');
        ranges(out, "    ", interleaved.ranges());
      }
    }
    return out.append("...\n").toString();
  }

  private static void ranges(StringBuilder out, String indent, List<DeviceRange> ranges) {
    out.append(indent).append("simple_ext_list:\n");
    for (DeviceRange range : ranges) {
      out.append(indent).append("- devindex: ").append(range.daxdevIndex()).append('\n');
      out.append(indent).append("  offset: ").append(hex(range.offset())).append('\n');
      out.append(indent).append("  length: ").append(hex(range.lengthBytes())).append('\n');
    }
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }
}

package io.famfs.store.repair;

import io.famfs.core.extent.DeviceRange;
import java.util.List;

/// One thing that a repair does, in words of an operator.
public sealed interface RepairAction {

  /// One line.
  String describe();

  /// The name in JSON.
  default String label() {
    return switch (this) {
      case RewriteSuperblock _ -> "rewrite-superblock";
      case RewriteLogHeader _ -> "rewrite-log-header";
      case MendEntry _ -> "mend-entry";
      case MakeLostFound _ -> "make-lost-found";
      case QuarantineEntry _ -> "quarantine-entry";
      case RenameEntry _ -> "rename-entry";
      case SeparateFile _ -> "separate-file";
      case DropEntries _ -> "drop-entries";
      case CutTail _ -> "cut-tail";
      case ClearSlots _ -> "clear-slots";
    };
  }

  /// Writes the superblock.
  ///
  /// @param changes what becomes of its fields
  record RewriteSuperblock(List<String> changes) implements RepairAction {
    public RewriteSuperblock {
      changes = List.copyOf(changes);
    }

    @Override
    public String describe() {
      return "write the superblock: " + String.join(", ", changes);
    }
  }

  /// Writes the log header.
  ///
  /// @param changes what becomes of its fields
  record RewriteLogHeader(List<String> changes) implements RepairAction {
    public RewriteLogHeader {
      changes = List.copyOf(changes);
    }

    @Override
    public String describe() {
      return "write the log header: " + String.join(", ", changes);
    }
  }

  /// Sets one byte of an entry right, which its checksum points at.
  ///
  /// @param slot which entry
  /// @param byteAt which of its bytes
  record MendEntry(long slot, int byteAt) implements RepairAction {
    @Override
    public String describe() {
      return "entry " + slot + ": restore byte " + byteAt + ", which its checksum gives away";
    }
  }

  /// Makes the directory for what has lost its place.
  ///
  /// @param slot the entry that becomes it
  /// @param path its path
  record MakeLostFound(long slot, String path) implements RepairAction {
    @Override
    public String describe() {
      return "make the directory '" + path + "' in slot " + slot;
    }
  }

  /// Makes a file of the space that an unreadable entry names.
  ///
  /// @param slot the entry
  /// @param path path of the file
  /// @param ranges its space
  /// @param reason what is wrong with the entry
  record QuarantineEntry(long slot, String path, List<DeviceRange> ranges, String reason)
      implements RepairAction {
    public QuarantineEntry {
      ranges = List.copyOf(ranges);
    }

    @Override
    public String describe() {
      long bytes = ranges.stream().mapToLong(DeviceRange::lengthBytes).sum();
      return reason + ": keep the " + bytes + " bytes it names as '" + path + "'";
    }
  }

  /// Gives an entry a path that it can have.
  ///
  /// @param slot the entry
  /// @param path the new path
  /// @param reason what is wrong with the old one
  record RenameEntry(long slot, String path, String reason) implements RepairAction {
    @Override
    public String describe() {
      return reason + ": move it to '" + path + "'";
    }
  }

  /// Copies a range that a file shares with an earlier one to space of its own.
  ///
  /// @param slot the entry of the file
  /// @param path its path
  /// @param from the shared range
  /// @param to the new one
  record SeparateFile(long slot, String path, DeviceRange from, DeviceRange to)
      implements RepairAction {
    @Override
    public String describe() {
      return "entry "
          + slot
          + " (file '"
          + path
          + "') shares "
          + from.lengthBytes()
          + " bytes at byte "
          + from.offset()
          + " of device "
          + from.daxdevIndex()
          + ": copy them to byte "
          + to.offset()
          + " of device "
          + to.daxdevIndex();
    }
  }

  /// Takes entries out of the log; those behind move up.
  ///
  /// @param slot the first one
  /// @param count how many
  /// @param reason what is wrong with the first one
  record DropEntries(long slot, long count, String reason) implements RepairAction {
    @Override
    public String describe() {
      return reason + ": drop " + (count == 1 ? "it" : "it and the " + (count - 1) + " behind it");
    }
  }

  /// Ends the log before entries that cannot be read.
  ///
  /// @param from entries before
  /// @param to entries after
  /// @param reason what is wrong with the first one that goes
  record CutTail(long from, long to, String reason) implements RepairAction {
    @Override
    public String describe() {
      return reason + ": cut the log from " + from + " to " + to + " entries";
    }
  }

  /// Clears slots behind the last entry.
  ///
  /// @param slot the first one
  /// @param count how many
  record ClearSlots(long slot, long count) implements RepairAction {
    @Override
    public String describe() {
      return "clear " + count + " slots of the log from " + slot + " on";
    }
  }
}

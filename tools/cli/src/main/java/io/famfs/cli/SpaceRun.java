package io.famfs.cli;

import java.util.List;

/// Neighbouring bytes of a device with the same owners.
///
/// @param device daxdev index
/// @param offset first byte
/// @param lengthBytes number of bytes, more than 0
/// @param kind what they are
/// @param owners paths of the files they belong to; several only when they are shared
record SpaceRun(int device, long offset, long lengthBytes, Kind kind, List<String> owners) {

  /// What space is used for. The later ones are the more important ones to show.
  enum Kind {
    /// Nobody's.
    FREE('.', "free"),
    /// Behind the last whole allocation unit.
    TAIL('-', "never used"),
    /// A file's.
    FILE('#', "files"),
    /// The metadata log.
    LOG('L', "log"),
    /// The superblock area.
    SUPERBLOCK('S', "superblock"),
    /// Named by an entry of the log that is left out.
    QUARANTINED('Q', "quarantined"),
    /// Claimed more than once.
    SHARED('X', "cross-linked");

    private final char letter;
    private final String label;

    Kind(char letter, String label) {
      this.letter = letter;
      this.label = label;
    }

    /// How it is drawn.
    char letter() {
      return letter;
    }

    /// What it is called.
    String label() {
      return label;
    }
  }

  SpaceRun {
    owners = List.copyOf(owners);
  }

  /// The first byte behind it.
  long end() {
    return offset + lengthBytes;
  }
}

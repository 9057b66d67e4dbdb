package io.famfs.core.format;

import io.famfs.core.extent.Fmap;
import java.util.UUID;

/// One entry of the metadata log as it stands on the media, right or wrong. User and group numbers
/// are unsigned in 32 bits.
public sealed interface LogEntry {

  /// The sequence number; equal to the index of the slot in a sound log.
  long seqnum();

  /// The stored checksum.
  long crc();

  /// A file.
  ///
  /// @param seqnum sequence number
  /// @param crc stored checksum
  /// @param path relative to the root of the volume
  /// @param sizeBytes more than 0 in a sound log
  /// @param flags [LogEntryLayout#FLAGS_ALL_HOSTS_READ_WRITE]
  /// @param uid owner
  /// @param gid group
  /// @param mode permission bits
  /// @param fmap where the bytes are
  record FileEntry(
      long seqnum,
      long crc,
      MediaText path,
      long sizeBytes,
      int flags,
      int uid,
      int gid,
      int mode,
      Fmap fmap)
      implements LogEntry {}

  /// A directory.
  ///
  /// @param seqnum sequence number
  /// @param crc stored checksum
  /// @param path relative to the root of the volume
  /// @param uid owner
  /// @param gid group
  /// @param mode permission bits
  record MkdirEntry(long seqnum, long crc, MediaText path, int uid, int gid, int mode)
      implements LogEntry {}

  /// One more device of the volume.
  ///
  /// @param seqnum sequence number
  /// @param crc stored checksum
  /// @param sizeBytes its size
  /// @param uuid its device uuid
  /// @param daxdevIndex its index; 0 is the primary
  record AddDaxdevEntry(long seqnum, long crc, long sizeBytes, UUID uuid, int daxdevIndex)
      implements LogEntry {}

  /// A type we do not know, or do not act on.
  ///
  /// @param seqnum sequence number
  /// @param crc stored checksum
  /// @param type the number on the media
  /// @param payloadHex the payload in hexadecimal
  record UnknownEntry(long seqnum, long crc, int type, String payloadHex) implements LogEntry {}
}

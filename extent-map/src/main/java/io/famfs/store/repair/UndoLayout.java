package io.famfs.store.repair;

/// Where an undo file keeps its fields. Numbers are little-endian, uuids are in text order,
/// checksums are CRC32. Digests are the first 8 bytes of SHA-256: structures that carry their own
/// CRC32 all have the same one.
///
/// ```
/// header                                  record, as often as the header says
///  0  8 magic "FAMFSUND"                   0  4 device
///  8  4 version 1                          4  4 length, 1 .. 1 MiB
/// 12  4 number of devices, 1 .. 64         8  8 offset on the device
/// 16 16 file system uuid after the repair 16  4 kind: 0 bytes follow, 1 all zeros
/// 32  8 time, ms since the epoch          20  4 number of more digests, 0 .. 64
/// 40  8 number of records                 24  8 digest of the old bytes
/// 48  - sizes of the devices, 8 each      32  - digests of what the repair stores, 8 each
///  -  4 checksum of all before             -  - the old bytes, if kind is 0
///                                          -  4 checksum of the record
/// ```
///
/// The records are followed by the 8 bytes "FAMFSEND". The first records, one for every device, are
/// those of the superblocks, changed or not: they tell whose undo file it is.
final class UndoLayout {
  static final long MAGIC = 0x444e5553464d4146L;
  static final long END = 0x444e4553464d4146L;
  static final int VERSION = 1;

  static final int FIXED_HEADER_BYTES = 48;
  static final int FIXED_RECORD_BYTES = 32;

  static final int MAX_DEVICES = 64;
  static final int MAX_LENGTH = StepWriter.PIECE_BYTES;
  static final int MAX_STATES = 64;

  static final int KIND_BYTES = 0;
  static final int KIND_ZEROS = 1;

  private UndoLayout() {}
}

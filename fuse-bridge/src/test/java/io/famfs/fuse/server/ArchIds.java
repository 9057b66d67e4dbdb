package io.famfs.fuse.server;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// Hashes of machine names, as a client may send them.
public final class ArchIds {
  private ArchIds() {}

  /// FNV-1a, bit by bit from its definition.
  public static int fnv(String machine) {
    long hash = 2_166_136_261L;
    for (int i = 0; i < machine.length(); i++) {
      hash = (hash ^ machine.charAt(i)) * 16_777_619L & 0xffff_ffffL;
    }
    return (int) hash;
  }

  public static int crc(String machine) {
    CRC32 crc = new CRC32();
    crc.update(machine.getBytes(StandardCharsets.US_ASCII));
    return (int) crc.getValue();
  }
}

package io.famfs.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UuidCodecTest {
  @Test
  void bytesStandInTheOrderOfTheText() {
    byte[] bytes = new byte[20];
    UUID uuid = UUID.fromString("d99e127a-59af-4256-8b5e-e48c1ff06d0e");
    UuidCodec.write(MemorySegment.ofArray(bytes), 3, uuid);
    assertArrayEquals(
        HexFormat.of().parseHex("d99e127a59af42568b5ee48c1ff06d0e"),
        Arrays.copyOfRange(bytes, 3, 19));
    assertEquals(uuid, UuidCodec.read(MemorySegment.ofArray(bytes), 3));
  }

  @Test
  void onlyTheOwnerIsMaster() {
    UUID owner = new UUID(1, 2);
    assertEquals(Role.MASTER, Role.of(new UUID(1, 2), owner));
    assertEquals(Role.CLIENT, Role.of(new UUID(1, 3), owner));
    assertEquals(Role.CLIENT, Role.of(null, owner));
  }
}

package io.famfs.store.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The test vectors of the authors: key 00 01 .. 0f, message 00 01 .. of each length.
class SipHashTest {
  @ParameterizedTest
  @CsvSource({
    "0, 726fdb47dd0e0e31",
    "1, 74f839c593dc67fd",
    "2, 0d6c8009d9a94f5a",
    "3, 85676696d7fb7e2d",
    "7, ab0200f58b01d137",
    "8, 93f5f5799a932462",
    "15, a129ca6149be45e5"
  })
  void agreesWithThePublishedVectors(int length, String expected) {
    byte[] message = new byte[length + 5];
    for (int i = 0; i < length; i++) {
      message[i + 3] = (byte) i;
    }
    SipHash hash = SipHash.keyedBy(UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f"));
    assertEquals(
        expected, String.format("%016x", hash.hash(MemorySegment.ofArray(message), 3, length)));
  }
}

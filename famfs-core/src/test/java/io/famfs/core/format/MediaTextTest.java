package io.famfs.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MediaTextTest {
  @Test
  void aFullFieldHasNoEnd() {
    MemorySegment field = MemorySegment.ofArray("x".repeat(64).getBytes(StandardCharsets.US_ASCII));
    MediaText text = MediaText.read(field, 0, 64);
    assertFalse(text.terminated());
    assertEquals(64, text.lengthBytes());
    MediaText shorter = MediaText.read(MemorySegment.ofArray(new byte[] {'a', 0, 'b'}), 0, 3);
    assertTrue(shorter.terminated());
    assertEquals("a", shorter.toString());
  }

  @Test
  void bytesAreKeptWhateverTheyAre() {
    MediaText text = MediaText.read(MemorySegment.ofArray(new byte[] {'a', (byte) 0xff, 0}), 0, 3);
    assertFalse(text.validUtf8());
    assertEquals("61ff", text.toHex());
    byte[] written = {9, 9, 9};
    text.write(MemorySegment.ofArray(written), 0, 3);
    assertEquals(text, MediaText.read(MemorySegment.ofArray(written), 0, 3));
    assertEquals(0, written[2]);
  }

  @Test
  void textsThatNoFieldCanHoldAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> MediaText.of("a\0b"));
    assertThrows(IllegalArgumentException.class, () -> MediaText.of("\ud83d"));
    MediaText text = MediaText.of("abcd");
    MemorySegment small = MemorySegment.ofArray(new byte[3]);
    assertThrows(IllegalArgumentException.class, () -> text.write(small, 0, 3));
  }
}

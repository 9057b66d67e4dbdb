package io.famfs.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "010, 10",
    "4096, 4096",
    "1k, 1024",
    "1K, 1024",
    "8M, 8388608",
    "8m, 8388608",
    "3G, 3221225472",
    "3g, 3221225472",
    "2T, 2199023255552",
    "0x10, 16",
    "0XfFk, 261120",
    "9223372036854775807, 9223372036854775807",
    "8388607T, 9223370937343148032"
  })
  void readsNumbersWithOneSuffix(String text, long expected) {
    assertEquals(expected, ByteSize.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "k",
        "M",
        "0x",
        "0xk",
        "8MB",
        "8Mi",
        "8kk",
        "8x",
        "8.5M",
        "-1",
        "+1",
        "1 k",
        "0x-1",
        "9223372036854775808",
        "8388608T",
        "0xffffffffffffffff",
        "\u0661",
        "\uff11",
        "1_0"
      })
  void refusesEverythingElse(String text) {
    NumberFormatException e = assertThrows(NumberFormatException.class, () -> ByteSize.parse(text));
    assertTrue(String.valueOf(e.getMessage()).contains("is not a size"));
  }

  @Test
  void exactTextsReadBackAsThemselves() {
    for (long size : new long[] {0, 1, 1000, 1024, 1536, 8388608, 1L << 40, 5L << 50, 4097}) {
      assertEquals(size, ByteSize.parse(ByteSize.format(size)), ByteSize.format(size));
    }
    assertEquals("8M", ByteSize.format(8388608));
    assertEquals("1536k", ByteSize.format(1536 * 1024));
    assertEquals("1000", ByteSize.format(1000));
  }

  @Test
  void roundedTextsHaveAtMostOneDigitBehindThePoint() {
    assertEquals("0", ByteSize.human(0));
    assertEquals("1023", ByteSize.human(1023));
    assertEquals("1.5G", ByteSize.human(3L << 29));
    assertEquals("10M", ByteSize.human(10 << 20));
    assertEquals("5120T", ByteSize.human(5L << 50));
  }
}

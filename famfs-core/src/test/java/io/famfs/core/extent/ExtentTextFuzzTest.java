package io.famfs.core.extent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;

class ExtentTextFuzzTest {

  /// Whatever is read can be written, and comes out as it went in.
  @FuzzTest(maxDuration = "5m")
  void anyTextIsReadOrRefused(byte[] bytes) {
    try {
      String text = ExtentText.encode(ExtentText.decode(bytes));
      assertArrayEquals(bytes, text.getBytes(StandardCharsets.US_ASCII));
    } catch (ParseException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith("extents"), e.getMessage());
    }
  }
}

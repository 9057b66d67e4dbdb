package io.famfs.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
  @Test
  void nestsObjectsAndArrays() {
    StringBuilder out = new StringBuilder();
    new JsonWriter(out)
        .beginObject()
        .name("a")
        .beginArray()
        .value(1)
        .value("x")
        .beginObject()
        .endObject()
        .beginArray()
        .endArray()
        .endArray()
        .name("b")
        .unsigned(-1)
        .name("c")
        .value(true)
        .name("d")
        .nullValue()
        .endObject();
    assertEquals(
        """
        {
          "a": [
            1,
            "x",
            {},
            []
          ],
          "b": 18446744073709551615,
          "c": true,
          "d": null
        }\
        """,
        out.toString());
  }

  @Test
  void escapesWhatJsonDoesNotAllow() {
    StringBuilder out = new StringBuilder();
    new JsonWriter(out).value("\"\\\n\r\t\b\0\u001f\u007f/\u00e9\u2028\ud83d\ude00\ud83d|\ude00");
    assertEquals(
        "\"\\\"\\\\\\n\\r\\t\\u0008\\u0000\\u001f\\u007f/\u00e9\u2028\ud83d\ude00\\ud83d|\\ude00\"",
        out.toString());
  }

  @Test
  void anyStringReadsBack() throws Exception {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(20);
      for (int i = 0; i < length; i++) {
        text.append((char) random.nextInt(random.nextBoolean() ? 0x100 : 0x10000));
      }
      StringBuilder out = new StringBuilder();
      new JsonWriter(out).value(text.toString());
      assertEquals(
          text.toString(), new ObjectMapper().readTree(out.toString()).textValue(), "seed " + seed);
    }
  }

  @Test
  void refusesWhatWouldNotBeJson() {
    assertThrows(IllegalStateException.class, () -> writer().name("a"));
    assertThrows(IllegalStateException.class, () -> writer().endObject());
    assertThrows(IllegalStateException.class, () -> writer().beginObject().value(1));
    assertThrows(IllegalStateException.class, () -> writer().beginObject().endArray());
    assertThrows(IllegalStateException.class, () -> writer().beginObject().name("a").endObject());
    assertThrows(IllegalStateException.class, () -> writer().beginObject().name("a").name("b"));
    assertThrows(IllegalStateException.class, () -> writer().value(1).value(2));
  }

  private static JsonWriter writer() {
    return new JsonWriter(new StringBuilder());
  }
}

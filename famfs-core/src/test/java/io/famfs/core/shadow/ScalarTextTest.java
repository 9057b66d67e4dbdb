package io.famfs.core.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Against what libyaml 0.2.5 writes for the same paths as value of ` path:`.
class ScalarTextTest {
  @Test
  void everyPathIsWrittenAsTheLibraryOfTheReferenceWritesIt() throws IOException {
    JsonNode cases;
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("/shadow/scalars.json"))) {
      cases = new ObjectMapper().readTree(in);
    }
    List<String> wrong = new ArrayList<>();
    int broken = 0;
    for (JsonNode one : cases) {
      StringBuilder out = new StringBuilder("  path: ");
      ScalarText.append(out, one.get("path").textValue(), out.length(), 4);
      String expected = "  path: " + one.get("text").textValue();
      broken += expected.contains("\n") ? 1 : 0;
      if (!out.toString().equals(expected)) {
        wrong.add(one.get("path") + ": " + expected + " but " + out);
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(cases.size() > 100 && broken > 10, cases.size() + " cases, " + broken + " broken");
  }
}

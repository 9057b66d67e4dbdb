package io.famfs.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VmImageTest {
  @Test
  void theCacheIsWhereTheEnvironmentSays() throws Exception {
    Map<String, String> both = Map.of("FAMFS_E2E_CACHE", "/c", "XDG_CACHE_HOME", "/x");
    assertEquals(Path.of("/c"), VmImage.cacheDirectory(both));
    assertEquals(Path.of("/x/famfs/e2e"), VmImage.cacheDirectory(Map.of("XDG_CACHE_HOME", "/x")));
  }

  @Test
  void aRelativeCacheHomeIsIgnoredAsTheSpecificationWants() throws Exception {
    Path cache = VmImage.cacheDirectory(Map.of("XDG_CACHE_HOME", "x"));
    assertTrue(cache.isAbsolute() && cache.endsWith(".cache/famfs/e2e"), cache.toString());
  }
}

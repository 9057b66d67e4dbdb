package io.famfs.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VmCacheTest {
  @Test
  void theCacheIsWhereTheEnvironmentSays() throws Exception {
    Map<String, String> both = Map.of("FAMFS_E2E_CACHE", "/c", "XDG_CACHE_HOME", "/x");
    assertEquals(Path.of("/c"), VmCache.of(both).directory());
    assertEquals(Path.of("/x/famfs/e2e"), VmCache.of(Map.of("XDG_CACHE_HOME", "/x")).directory());
  }

  @Test
  void aRelativeCacheHomeIsIgnoredAsTheSpecificationWants() throws Exception {
    Path cache = VmCache.of(Map.of("XDG_CACHE_HOME", "x")).directory();
    assertTrue(cache.isAbsolute() && cache.endsWith(".cache/famfs/e2e"), cache.toString());
  }
}

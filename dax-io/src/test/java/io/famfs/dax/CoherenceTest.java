package io.famfs.dax;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.os.CacheLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CoherenceTest {
  private static final int SIZE = 1 << 20;

  private Path folder = Path.of("");

  @BeforeEach
  void needsMemoryFiles() throws IOException {
    Path shm = Path.of("/dev/shm");
    Assumptions.assumeTrue(Files.isWritable(shm), "SKIPPED: /dev/shm is not there");
    Assumptions.assumeTrue(CacheLines.available(), "SKIPPED: " + CacheLines.problem());
    folder = Files.createTempDirectory(shm, "famfs-test");
  }

  @AfterEach
  void removeFiles() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Test
  void filesAreCoherentUnlessAskedOtherwise() throws IOException {
    Path file = folder.resolve("file");
    try (MappedDaxDevice automatic = DaxDevices.createFile(file, SIZE);
        MappedDaxDevice coherent = DaxDevices.open(file, Mode.READ_ONLY, Coherence.COHERENT);
        MappedDaxDevice flush = DaxDevices.open(file, Mode.READ_ONLY, Coherence.FLUSH)) {
      assertTrue(automatic.coherent());
      assertTrue(coherent.coherent());
      assertFalse(flush.coherent());
    }
  }

  @Test
  void movingLinesOfAFileKeepsItsContent() throws IOException {
    Path file = folder.resolve("file");
    try (MappedDaxDevice writer = DaxDevices.createFile(file, SIZE, Coherence.FLUSH);
        MappedDaxDevice reader = DaxDevices.open(file, Mode.READ_ONLY, Coherence.FLUSH)) {
      writer.memory().fill((byte) 7);
      writer.writeBack(0, SIZE);
      writer.zero(100, SIZE - 200);
      reader.invalidate(0, SIZE);
      for (int i = 0; i < SIZE; i++) {
        assertEquals(i < 100 || i >= SIZE - 100 ? 7 : 0, reader.memory().get(JAVA_BYTE, i));
      }
    }
  }

  /// Native code that runs over memory that is not there ends the process, and this test with it.
  @Test
  void theCutPartOfAFileIsAnErrorAndNotTheEndOfTheProcess() throws IOException {
    Path file = folder.resolve("file");
    try (MappedDaxDevice device = DaxDevices.createFile(file, SIZE, Coherence.FLUSH);
        MappedDaxDevice readOnly = DaxDevices.open(file, Mode.READ_ONLY, Coherence.FLUSH)) {
      device.memory().set(JAVA_LONG, SIZE - 8, 5);
      device.fd().truncate(8192);
      for (int i = 0; i < 20_000; i++) {
        assertThrows(InternalError.class, () -> device.writeBack(0, SIZE));
        assertThrows(InternalError.class, () -> device.invalidate(SIZE - 1, 1));
        assertThrows(InternalError.class, () -> readOnly.invalidate(8191, 2));
        device.writeBack(0, 8192);
        readOnly.invalidate(8191, 1);
      }
    }
  }

  /// Nothing looks at the memory: it costs a fence and no system call.
  @Test
  void onACoherentFileNothingIsTouched() throws IOException {
    Path file = folder.resolve("file");
    try (MappedDaxDevice device = DaxDevices.createFile(file, SIZE, Coherence.COHERENT)) {
      device.fd().truncate(0);
      device.writeBack(0, SIZE);
      device.invalidate(0, SIZE);
      assertThrows(InternalError.class, () -> device.memory().get(JAVA_BYTE, 0));
    }
  }
}

package io.famfs.os;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class FileLocksTest {
  private static final FileIdentity FILE =
      new FileIdentity(FileIdentity.device(0, 0x1a), 77, FileIdentity.Type.REGULAR, 0);

  @Test
  void theProcessWithTheFlockOnTheFileIsFound() {
    List<String> lines =
        List.of(
            "1: POSIX  ADVISORY  WRITE 11 00:1a:77 0 EOF",
            "2: FLOCK  ADVISORY  WRITE 12 00:1b:77 0 EOF",
            "3: FLOCK  ADVISORY  WRITE 4242 00:1a:77 0 EOF");
    assertEquals(OptionalLong.of(4242), FileLocks.holder(FILE, lines));
  }

  @Test
  void aProcessOfAnotherNamespaceAndOddLinesAreIgnored() {
    List<String> lines = List.of("", "x", "1: FLOCK", "2: FLOCK  ADVISORY  WRITE 0 00:1a:77 0 EOF");
    assertEquals(OptionalLong.empty(), FileLocks.holder(FILE, lines));
  }

  @Test
  void oneThatWaitsForTheLockIsNotItsHolder() {
    List<String> lines =
        List.of(
            "1: FLOCK  ADVISORY  WRITE 5 00:1a:77 0 EOF",
            "1: -> FLOCK  ADVISORY  WRITE 6 00:1a:77 0 EOF");
    assertEquals(OptionalLong.of(5), FileLocks.holder(FILE, lines));
  }
}

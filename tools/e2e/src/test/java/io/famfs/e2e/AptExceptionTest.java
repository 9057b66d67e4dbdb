package io.famfs.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// The phrases are those of apt 2.6 and 3.0 in the C locale.
class AptExceptionTest {
  @Test
  void anExpiredReleaseIsNamed() {
    AptException e =
        AptException.of(
            "E: Release file for http://m.example/debian/dists/sid/InRelease is expired (invalid"
                + " since 15d 3h 14min 29s). Updates for this repository will not be applied.");
    assertEquals("its Release file expired 15d 3h 14min 29s ago", e.getMessage());
    assertFalse(e.noNetwork());
  }

  @Test
  void aKeyringThatIsTooOldIsNamed() {
    AptException e =
        AptException.of(
            "  The following signatures couldn't be verified because the public key is not"
                + " available: NO_PUBKEY 6ED0E7B82643E131\nE: Failed to fetch x\n");
    assertTrue(String.valueOf(e.getMessage()).contains("debian-archive-keyring"), e::toString);
  }

  @Test
  void aMissingSuiteIsNamed() {
    AptException e =
        AptException.of(
            "Err:2 http://m.example/debian nosuch Release\n  404  Not Found [IP: 192.0.2.1 80]\n"
                + "E: The repository 'http://m.example/debian nosuch Release' does not have a"
                + " Release file.\n");
    assertEquals("the mirror does not have it", e.getMessage());
  }

  @Test
  void aMissingNetworkIsTold() {
    assertTrue(AptException.of("  Could not resolve 'm.example'\nE: Failed to fetch").noNetwork());
    assertTrue(
        AptException.of("  Could not connect to m.example:80 (192.0.2.1), connection timed out")
            .noNetwork());
  }

  @Test
  void whatTheMirrorAnswersIsToldWithoutItsAddress() {
    assertEquals(
        "the mirror answers 400 Bad Request",
        AptException.of(
                "E: Failed to fetch http://m.example/x  400  Bad Request [IP: 192.0.2.1 80]\n")
            .getMessage());
  }

  @Test
  void anythingElseIsQuoted() {
    assertEquals(
        "You don't have enough free space",
        AptException.of("Reading...\nE: You don't have enough free space\n").getMessage());
    assertEquals("apt-get failed without a reason", AptException.of("").getMessage());
  }
}

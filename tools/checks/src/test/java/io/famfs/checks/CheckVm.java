package io.famfs.checks;

import io.famfs.e2e.VmImage;
import io.famfs.e2e.VmUnavailableException;
import org.junit.jupiter.api.Assumptions;

/// The virtual machine of these tests, and what else comes with it: a test is skipped and says so
/// where it cannot be had, and fails with `CI` in the environment.
final class CheckVm {
  private CheckVm() {}

  static VmImage image() throws VmUnavailableException, InterruptedException {
    try {
      return VmImage.obtain(CheckVm::say);
    } catch (VmUnavailableException e) {
      throw skipped(e);
    }
  }

  /// What a fetch has to say.
  static void say(String line) {
    System.out.println("[vm] " + line);
  }

  /// Skips the test; returns what it fails with where nothing may be skipped.
  static VmUnavailableException skipped(VmUnavailableException cause) {
    if (System.getenv("CI") == null) {
      System.out.println("SKIPPED, no guest was booted: " + cause.getMessage());
      Assumptions.abort("no guest can be booted: " + cause.getMessage());
    }
    return cause;
  }
}

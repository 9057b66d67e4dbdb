package io.famfs.e2e;

import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// The VM for a test: skips the test loudly where none can be had, but fails it when `CI=true`.
public final class TestVm {
  private TestVm() {}

  public static VmImage image() throws VmUnavailableException, InterruptedException {
    try {
      return VmImage.obtain(line -> System.out.println("[vm] " + line));
    } catch (VmUnavailableException e) {
      if (Boolean.parseBoolean(System.getenv("CI"))) {
        throw e;
      }
      System.out.println("SKIPPED, no guest was booted: " + e.getMessage());
      Assumptions.abort("no guest can be booted: " + e.getMessage());
      throw e;
    }
  }

  /// The VM of another machine: skips the test loudly where none can be had, such as with an
  /// archive that does not carry its suites.
  public static VmImage image(GuestMachine machine)
      throws VmUnavailableException, InterruptedException {
    try {
      return VmImage.obtain(machine, line -> System.out.println("[vm] " + line));
    } catch (VmUnavailableException e) {
      System.out.println("SKIPPED, no " + machine + " guest was booted: " + e.getMessage());
      Assumptions.abort("no " + machine + " guest can be booted: " + e.getMessage());
      throw e;
    }
  }

  /// Programs for guests: skips the test loudly where they cannot be had, but fails it when
  /// `CI=true`.
  public static GuestPrograms programs() throws VmUnavailableException, InterruptedException {
    try {
      return GuestPrograms.obtain(line -> System.out.println("[vm] " + line));
    } catch (VmUnavailableException e) {
      if (Boolean.parseBoolean(System.getenv("CI"))) {
        throw e;
      }
      System.out.println("SKIPPED, there are no programs for guests: " + e.getMessage());
      Assumptions.abort("no programs for guests: " + e.getMessage());
      throw e;
    }
  }

  /// Where the console of a test's guest is kept as a build artefact.
  public static Path console(String name) {
    return Path.of("target", "guest-consoles", name + ".log");
  }
}

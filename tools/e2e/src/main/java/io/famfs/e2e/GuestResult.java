package io.famfs.e2e;

import java.nio.file.Path;
import java.util.List;

/// How a guest ended.
///
/// @param exitCode the script's exit code with [Reason#EXIT], otherwise -1
/// @param reason why it ended
/// @param consolePath the file with the guest's console
/// @param console its text without carriage returns; of a very long one the end
/// @param qemuLog what QEMU printed; of a very long one the end
/// @param seconds from the start of QEMU to its end
public record GuestResult(
    int exitCode, Reason reason, Path consolePath, String console, String qemuLog, double seconds) {

  /// Why a guest ended.
  public enum Reason {
    /// The script ended by itself.
    EXIT,
    /// The time limit came first.
    TIMEOUT,
    /// The guest ended without telling an exit code: a panic, a crash of QEMU, a kill.
    DIED,
    /// QEMU ended before the guest said anything, as with a socket nobody listens on.
    NOT_STARTED
  }

  /// Whether the script ended with exit code 0.
  public boolean passed() {
    return reason == Reason.EXIT && exitCode == 0;
  }

  /// A few lines for an error message: how it ended, the end of the console, the end of QEMU's log.
  public String summary() {
    String how = reason == Reason.EXIT ? "script exit " + exitCode : reason.toString();
    return "%s after %.1f s%n-- end of %s%n%s%n-- qemu%n%s"
        .formatted(how, seconds, consolePath, lastLines(console), lastLines(qemuLog));
  }

  private static String lastLines(String text) {
    List<String> lines = text.lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size()));
  }
}

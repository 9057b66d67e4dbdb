package io.famfs.e2e;

/// What a hook answers to the guest.
///
/// @param exit the exit code of `host` in the guest script, 0 to 255
/// @param output what `host` prints there; cut after 32768 bytes
public record HookResult(int exit, String output) {
  /// Checks the limits.
  public HookResult {
    if (exit < 0 || exit > 255) {
      throw new IllegalArgumentException("exit code: 0 to 255, not " + exit);
    }
  }

  /// Success without a word.
  public static HookResult ok() {
    return new HookResult(0, "");
  }

  /// Success with something to print.
  public static HookResult ok(String output) {
    return new HookResult(0, output);
  }

  /// Failure (exit 1) with its reason.
  public static HookResult failed(String output) {
    return new HookResult(1, output + "\n");
  }

  /// Success or failure of a check.
  public static HookResult of(boolean good) {
    return new HookResult(good ? 0 : 1, "");
  }
}

package io.famfs.e2e;

import java.util.List;

/// Runs on the host when the guest script calls `host WORD...`, in lock step with it.
@FunctionalInterface
public interface HostHook {
  /// Answers the words of one call. Calls of one guest come one after the other, on a thread of its
  /// run; the guest waits. An exception reaches the guest as exit code 125 with its text.
  HookResult call(List<String> words) throws Exception;

  /// No hook: every call exits 127, as of a command that is not there.
  static HostHook none() {
    return _ -> new HookResult(127, "no hook on the host\n");
  }
}

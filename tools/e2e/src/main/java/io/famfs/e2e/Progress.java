package io.famfs.e2e;

/// Hears what a long step is doing, one short line at a time.
@FunctionalInterface
public interface Progress {
  /// Tells that `line` is happening now; called from the thread that does the work.
  void say(String line);

  /// A listener that does not care.
  static Progress none() {
    return _ -> {};
  }
}

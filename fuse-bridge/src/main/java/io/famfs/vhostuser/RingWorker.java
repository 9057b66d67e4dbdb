package io.famfs.vhostuser;

/// Whoever processes a started ring, as the control thread needs it.
public interface RingWorker {

  /// Lets the worker look again at the ring, its descriptors and its states.
  void wake();

  /// Asks the worker to end after the request it is at; returns at once.
  void requestStop();

  /// Waits for the end that was requested, within a limit.
  ///
  /// @return whether the worker has ended
  boolean awaitEnd();

  /// Where the ring goes on, as GET_VRING_BASE answers it, once the worker has ended.
  int base();
}

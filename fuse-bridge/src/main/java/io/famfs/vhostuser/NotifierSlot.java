package io.famfs.vhostuser;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Hands a descriptor from the control thread to the worker of a ring, which may be using the
/// previous one at that moment: the worker closes the old one when it takes the new one.
public final class NotifierSlot {
  private record Offer(@Nullable Notifier notifier) {
    void close() {
      if (notifier != null) {
        notifier.close();
      }
    }
  }

  private final AtomicReference<@Nullable Offer> offered = new AtomicReference<>();
  private @Nullable Notifier current;

  /// Control thread: the descriptor to use from now on, or none.
  void offer(@Nullable Notifier notifier) {
    Offer old = offered.getAndSet(new Offer(notifier));
    if (old != null) {
      old.close();
    }
  }

  /// Worker: takes a new descriptor, if there is one.
  ///
  /// @return whether the descriptor changed
  public boolean adopt() {
    if (offered.getAcquire() == null) {
      return false;
    }
    Offer next = offered.getAndSet(null);
    if (next == null) {
      return false;
    }
    if (current != null) {
      current.close();
    }
    current = next.notifier();
    return true;
  }

  /// Worker: the descriptor in use.
  public @Nullable Notifier current() {
    return current;
  }

  /// Control thread, when no worker runs: closes whatever is there.
  void clear() {
    adopt();
    if (current != null) {
      current.close();
      current = null;
    }
  }
}

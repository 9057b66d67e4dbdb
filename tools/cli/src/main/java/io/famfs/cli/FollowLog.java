package io.famfs.cli;

import io.famfs.store.FollowListener;
import io.famfs.store.FollowState;
import io.famfs.store.FollowStatus;

/// Tells the operator of a server when the log of its volume cannot be followed.
final class FollowLog implements FollowListener {
  private static final System.Logger LOG = System.getLogger(FollowLog.class.getName());

  private final String device;

  /// @param device what the volume is called in messages
  FollowLog(String device) {
    this.device = device;
  }

  @Override
  public void changed(FollowStatus status) {
    if (status.state() == FollowState.CLOSED) {
      return;
    }
    if (status.state().stopped()) {
      LOG.log(
          System.Logger.Level.ERROR,
          () ->
              device
                  + ": nothing new becomes visible any more, "
                  + status.state().label()
                  + ": "
                  + status.reason());
    } else if (!status.reason().isEmpty()) {
      LOG.log(System.Logger.Level.WARNING, () -> device + ": " + status.reason());
    }
  }
}

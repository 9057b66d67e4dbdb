package io.famfs.store;

/// What a volume knows about the log that others write.
public enum FollowState {
  /// All entries that the log held at the last look are in the namespace.
  CURRENT("up to date"),
  /// The next entry is not whole yet: torn, or not visible on this host so far. It is looked at
  /// again; when it stays so for the time of grace, it counts as damaged and is passed over.
  WAITING("waiting for an entry"),
  /// Stopped: the log holds fewer entries than were read from it.
  LOG_CUT_BACK("the log was cut back"),
  /// Stopped: the number of entries does not fit in the log.
  LOG_DAMAGED("the log header is damaged"),
  /// Stopped: the superblock is that of another volume, or none any more.
  VOLUME_REPLACED("another file system was made"),
  /// Stopped: this program may create here, and somebody else wrote the log.
  WRITTEN_BY_ANOTHER("another program writes the log"),
  /// Stopped: the memory has gone.
  DEVICE_UNREADABLE("the device is not readable"),
  /// Stopped: a listener threw.
  LISTENER_FAILED("a listener failed"),
  /// Stopped: the volume is closed.
  CLOSED("closed");

  private final String label;

  FollowState(String label) {
    this.label = label;
  }

  /// The state in a few words.
  public String label() {
    return label;
  }

  /// Whether nothing new will become visible any more until the volume is opened anew.
  public boolean stopped() {
    return this != CURRENT && this != WAITING;
  }
}

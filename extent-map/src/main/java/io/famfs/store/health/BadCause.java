package io.famfs.store.health;

import java.util.Locale;

/// How a range is known to be bad.
public enum BadCause {
  /// The system lists it; it is bad until the system says otherwise.
  LISTED,
  /// An access failed, and a look at the page confirmed it. Remembered by this host.
  FAULT,
  /// An operator said so. Remembered by this host.
  MANUAL,
  /// There is no memory behind the mapping now, as of a file that became shorter. Not remembered;
  /// looked at again until the memory is back.
  GONE;

  /// The word in messages, JSON and files.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

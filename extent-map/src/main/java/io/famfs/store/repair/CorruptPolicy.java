package io.famfs.store.repair;

/// What becomes of a log entry that cannot be read any more.
public enum CorruptPolicy {
  /// When the space it names belongs to nobody else, a file in `lost+found` takes it over, so that
  /// the bytes can be looked at and are not given to others. Otherwise the entry goes.
  QUARANTINE,
  /// The entry goes, and its space is free.
  DROP
}

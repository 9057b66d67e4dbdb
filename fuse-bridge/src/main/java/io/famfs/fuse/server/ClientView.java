package io.famfs.fuse.server;

import org.jspecify.annotations.Nullable;

/// A file system as one client sees it: its [Export], applied.
///
/// To a client of a subtree its directory is nodeid 1, as the root is to all others; every other
/// nodeid is the same for all.
public final class ClientView {
  private final boolean readOnly;
  private final @Nullable Subtree subtree;
  private final Identities identities;
  private final boolean whole;

  /// @param readOnly whether this client may change nothing
  /// @param subtree what it sees; null for everything
  /// @param identities as whom it acts
  ClientView(boolean readOnly, @Nullable Subtree subtree, Identities identities) {
    this.readOnly = readOnly;
    this.subtree = subtree;
    this.identities = identities;
    whole = subtree == null && identities.isSame();
  }

  /// The view of a client.
  ///
  /// @throws IllegalArgumentException when the directory of the export is not there
  static ClientView of(FuseFileSystem files, Export export) {
    return new ClientView(
        export.readOnly() || files.readOnly(), subtree(files, export), export.identities());
  }

  private static @Nullable Subtree subtree(FuseFileSystem files, Export export) {
    if (export.subdirectory().isEmpty()) {
      return null;
    }
    Subtree found = files.subtree(export.subdirectory());
    if (found == null) {
      throw new IllegalArgumentException(
          "'" + export.subdirectory() + "' is no directory of the file system: make it first");
    }
    return found;
  }

  /// Whether every change is refused.
  public boolean readOnly() {
    return readOnly;
  }

  /// As whom the client acts, and whom it sees.
  public Identities identities() {
    return identities;
  }

  /// Whether requests and replies are the same as for a client without a view of its own.
  boolean isWhole() {
    return whole;
  }

  /// What the client sees; null for everything.
  @Nullable Subtree subtree() {
    return subtree;
  }

  /// The nodeid a client knows something by that it may know.
  public long outward(long nodeid) {
    Subtree seen = subtree;
    return seen != null && nodeid == seen.root() ? FuseFileSystem.ROOT_NODEID : nodeid;
  }

  /// The nodeid of what a client means.
  long inward(long nodeid) {
    Subtree seen = subtree;
    return seen != null && nodeid == FuseFileSystem.ROOT_NODEID ? seen.root() : nodeid;
  }

  /// Whether a directory is as far up as the client gets.
  public boolean isRoot(long nodeid) {
    return outward(nodeid) == FuseFileSystem.ROOT_NODEID;
  }

  /// Whether the client may know of something that is there.
  boolean sees(long nodeid) {
    Subtree seen = subtree;
    return seen == null || seen.place(nodeid) == Subtree.Place.INSIDE;
  }
}

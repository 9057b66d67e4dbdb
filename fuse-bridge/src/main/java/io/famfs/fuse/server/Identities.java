package io.famfs.fuse.server;

/// As whom clients act, and whom they see as owners.
///
/// | | what a client says or is shown |
/// |---|---|
/// | caller of a request | squashed, else by the map; without counterpart it owns nothing |
/// | owner and group to be set | by the map; EINVAL without counterpart |
/// | owner and group in attributes | by the map, backwards; [IdMap#NOBODY] without counterpart |
///
/// The client's kernel checks permissions with what it is shown. What it cannot know the file
/// system checks: what squashed callers may do, and what anybody may do with files of owners that
/// have no counterpart.
///
/// @param uids users
/// @param gids groups
/// @param squash whose requests are taken for those of one user
public record Identities(IdMap uids, IdMap gids, Squash squash) {
  private static final Identities SAME = new Identities(IdMap.same(), IdMap.same(), Squash.none());

  /// Everybody is who they say.
  public static Identities same() {
    return SAME;
  }

  /// Whether everybody is who they say.
  public boolean isSame() {
    return uids.isSame() && gids.isSame() && squash.who() == Squash.Who.NOBODY;
  }

  /// Whether both owner and group of something, as the file system numbers them, are known to the
  /// client.
  public boolean knows(int uid, int gid) {
    return uids.inside(uid) != IdMap.NONE && gids.inside(gid) != IdMap.NONE;
  }

  /// Whether it does not matter who the caller is.
  public boolean squashesAll() {
    return squash.who() == Squash.Who.ALL;
  }

  /// The owner a client is shown.
  public int shownUid(int uid) {
    int inside = uids.inside(uid);
    return inside == IdMap.NONE && !uids.isSame() ? IdMap.NOBODY : inside;
  }

  /// The group a client is shown.
  public int shownGid(int gid) {
    int inside = gids.inside(gid);
    return inside == IdMap.NONE && !gids.isSame() ? IdMap.NOBODY : inside;
  }

  int callerUid(int insideUid) {
    return squash.takes(insideUid) ? squash.uid() : uids.outside(insideUid);
  }

  int callerGid(int insideGid) {
    return squash.takesGroup(insideGid) ? squash.gid() : gids.outside(insideGid);
  }
}

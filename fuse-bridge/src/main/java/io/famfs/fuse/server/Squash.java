package io.famfs.fuse.server;

/// Whose requests are taken for those of one user, whom the file system knows.
///
/// @param who whose requests
/// @param uid the user, unsigned in 32 bits, as the file system numbers it
/// @param gid the group
public record Squash(Who who, int uid, int gid) {
  /// Whose requests are squashed.
  public enum Who {
    NOBODY,
    /// Those of user 0 and of group 0, each by itself, as exports(5) has `root_squash`.
    ROOT,
    ALL
  }

  private static final Squash NONE = new Squash(Who.NOBODY, 0, 0);
  private static final long MAX_ID = 0xfffffffeL;

  /// Nobody's.
  public static Squash none() {
    return NONE;
  }

  /// Reads `none`, `root[:UID:GID]` or `all[:UID:GID]`; without numbers it is nobody, 65534.
  ///
  /// @throws IllegalArgumentException with what is wrong
  public static Squash parse(String text) {
    String[] parts = text.split(":", -1);
    boolean numbers = parts.length == 3;
    if ((!numbers && parts.length != 1) || (numbers && parts[0].equals("none"))) {
      throw refused(text);
    }
    Who who =
        switch (parts[0]) {
          case "none" -> Who.NOBODY;
          case "root" -> Who.ROOT;
          case "all" -> Who.ALL;
          default -> throw refused(text);
        };
    if (who == Who.NOBODY) {
      return NONE;
    }
    return numbers
        ? new Squash(who, id(parts[1], text), id(parts[2], text))
        : new Squash(who, IdMap.NOBODY, IdMap.NOBODY);
  }

  private static int id(String part, String text) {
    if (!part.matches("[0-9]{1,10}") || Long.parseLong(part) > MAX_ID) {
      throw refused(text);
    }
    return (int) Long.parseLong(part);
  }

  private static IllegalArgumentException refused(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is none of none, root, all, root:UID:GID and all:UID:GID");
  }

  /// Whether requests of a user, as the client numbers it, are squashed.
  boolean takes(int insideUid) {
    return who == Who.ALL || (who == Who.ROOT && insideUid == 0);
  }

  boolean takesGroup(int insideGid) {
    return who == Who.ALL || (who == Who.ROOT && insideGid == 0);
  }
}

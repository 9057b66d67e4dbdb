package io.famfs.os.sandbox;

import io.famfs.os.libc.Accounts;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Who a server goes on as.
///
/// @param name as it was given
/// @param uid number of the user
/// @param gid number of the group
public record Account(String name, int uid, int gid) {
  private static final long MAX_ID = 0xffff_fffeL;

  /// Finds a user.
  ///
  /// @param text `USER` or `USER:GROUP`, each a name or a number; the group of the user when none
  ///   is given, which a number alone does not have
  /// @throws IllegalArgumentException with what is wrong
  public static Account parse(String text) {
    int colon = text.indexOf(':');
    String user = colon < 0 ? text : text.substring(0, colon);
    OptionalLong entry = user.isEmpty() ? OptionalLong.empty() : Accounts.user(user);
    OptionalInt number = number(user);
    if (entry.isEmpty() && number.isEmpty()) {
      throw new IllegalArgumentException("there is no user '" + user + "'");
    }
    int uid = entry.isPresent() ? (int) entry.getAsLong() : number.getAsInt();
    if (colon >= 0) {
      return new Account(text, uid, group(text.substring(colon + 1)));
    }
    if (entry.isEmpty()) {
      throw new IllegalArgumentException(
          "user " + user + " has no entry and so no group: write " + user + ":GROUP");
    }
    return new Account(text, uid, (int) (entry.getAsLong() >>> Integer.SIZE));
  }

  /// Finds a group by name or number.
  ///
  /// @throws IllegalArgumentException when there is none
  public static int group(String text) {
    OptionalInt entry = text.isEmpty() ? OptionalInt.empty() : Accounts.group(text);
    OptionalInt found = entry.isPresent() ? entry : number(text);
    if (found.isEmpty()) {
      throw new IllegalArgumentException("there is no group '" + text + "'");
    }
    return found.getAsInt();
  }

  private static OptionalInt number(String text) {
    try {
      long id = Long.parseLong(text);
      return id >= 0 && id <= MAX_ID ? OptionalInt.of((int) id) : OptionalInt.empty();
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /// Name and numbers.
  @Override
  public String toString() {
    return name + " (" + Integer.toUnsignedString(uid) + ":" + Integer.toUnsignedString(gid) + ")";
  }
}

package io.famfs.os.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Users and groups by their names, as the C library finds them.
public final class Accounts {
  /// Of `struct passwd` and `struct group`: two pointers come first.
  private static final int NUMBER = 16;

  private static final int PASSWD_GROUP = NUMBER + Integer.BYTES;
  private static final int BYTES = PASSWD_GROUP + Integer.BYTES;

  private Accounts() {}

  /// `getpwnam(3)`: the number of the user in the low half, that of its group in the high half;
  /// empty when nobody has this name.
  public static synchronized OptionalLong user(String name) {
    long address = find(UserByName.HANDLE, name);
    if (address == 0) {
      return OptionalLong.empty();
    }
    MemorySegment entry = Native.permanent(address, BYTES);
    long uid = Integer.toUnsignedLong(entry.get(JAVA_INT, NUMBER));
    long gid = Integer.toUnsignedLong(entry.get(JAVA_INT, PASSWD_GROUP));
    return OptionalLong.of(uid | gid << Integer.SIZE);
  }

  /// `getgrnam(3)`: the number of the group; empty when none has this name.
  public static synchronized OptionalInt group(String name) {
    long address = find(GroupByName.HANDLE, name);
    return address == 0
        ? OptionalInt.empty()
        : OptionalInt.of(Native.permanent(address, BYTES).get(JAVA_INT, NUMBER));
  }

  private static long find(MethodHandle handle, String name) {
    try (Arena arena = Arena.ofConfined()) {
      return (long) handle.invokeExact(CStrings.of(arena, name).address());
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static final class UserByName {
    static final MethodHandle HANDLE = Native.withoutErrno("getpwnam", 1);
  }

  private static final class GroupByName {
    static final MethodHandle HANDLE = Native.withoutErrno("getgrnam", 1);
  }
}

package io.famfs.os.sandbox;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.famfs.core.Errno;
import io.famfs.os.Identity;
import io.famfs.os.libc.ProcessRights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Limits, user and capabilities of this process.
final class Privileges {
  static final int CAP_SETGID = 6;
  static final int CAP_SETUID = 7;
  static final int CAP_SETPCAP = 8;
  static final int CAP_SYS_ADMIN = 21;

  static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int PR_SET_DUMPABLE = 4;
  private static final int PR_CAPBSET_READ = 23;
  private static final int PR_CAPBSET_DROP = 24;
  private static final int PR_CAP_AMBIENT = 47;
  private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;

  private static final int RLIMIT_CORE = 4;
  private static final int RLIMIT_NOFILE = 7;
  private static final int LIMIT_BYTES = 16;

  private static final int CAPABILITY_VERSION_3 = 0x2008_0522;

  private Privileges() {}

  /// No core file, and no look into the memory for other processes of this user.
  static void withoutCore() throws SandboxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment none = arena.allocate(LIMIT_BYTES, Long.BYTES);
      check(ProcessRights.limit(RLIMIT_CORE, none.address(), 0), "no core files");
    }
    check(ProcessRights.control(PR_SET_DUMPABLE, 0, 0, 0, 0), "not dumpable");
  }

  /// Sets the limit of descriptors.
  ///
  /// @param wanted 0 for the most that is allowed
  /// @return the limit that holds
  static long limitDescriptors(int wanted) throws SandboxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocate(LIMIT_BYTES, Long.BYTES);
      check(ProcessRights.limit(RLIMIT_NOFILE, 0, limit.address()), "limit of descriptors");
      long hard = limit.get(JAVA_LONG, Long.BYTES);
      long soft = wanted == 0 ? hard : wanted;
      limit.set(JAVA_LONG, 0, soft);
      limit.set(JAVA_LONG, Long.BYTES, wanted == 0 ? hard : soft);
      check(
          ProcessRights.limit(RLIMIT_NOFILE, limit.address(), 0),
          "a limit of " + soft + " descriptors, where " + hard + " are allowed");
      return soft;
    }
  }

  /// Takes on another user and group, with no further groups, for all threads.
  static void become(Account account) throws SandboxException {
    check(ProcessRights.setGroups(0, 0), "no further groups");
    check(ProcessRights.setGroup(account.gid()), "group of " + account);
    check(ProcessRights.setUser(account.uid()), "user " + account);
  }

  /// The capabilities of the calling thread that it can use, a bit each.
  static long effective() throws SandboxException {
    String mask = AllThreads.status(Identity.pid(), "CapEff");
    return mask == null || mask.isEmpty() ? 0 : Long.parseUnsignedLong(mask, 16);
  }

  static boolean has(long mask, int capability) {
    return (mask & 1L << capability) != 0;
  }

  /// The calls by which a thread gives up what programs it starts could be given.
  static List<long[]> emptyBounds(int prctl) {
    List<long[]> calls = new ArrayList<>();
    // The kernel tells by an error where its last one is.
    for (int i = 0; ProcessRights.control(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++) {
      calls.add(new long[] {prctl, PR_CAPBSET_DROP, i});
    }
    calls.add(new long[] {prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL});
    return calls;
  }

  /// The call by which a thread keeps these capabilities, of those it has, and no others.
  ///
  /// @param arena has to be open during the call
  static long[] keep(int capset, long mask, Arena arena) {
    MemorySegment header = arena.allocate(Long.BYTES, Long.BYTES);
    header.set(JAVA_INT, 0, CAPABILITY_VERSION_3);
    MemorySegment sets = arena.allocate(6L * Integer.BYTES, Long.BYTES);
    for (int half = 0; half < 2; half++) {
      int word = (int) (mask >>> (half * Integer.SIZE));
      sets.set(JAVA_INT, half * 12L, word);
      sets.set(JAVA_INT, half * 12L + Integer.BYTES, word);
    }
    return new long[] {capset, header.address(), sets.address()};
  }

  private static void check(int result, String what) throws SandboxException {
    if (result < 0) {
      throw new SandboxException(what + ": " + Errno.describe(-result));
    }
  }
}

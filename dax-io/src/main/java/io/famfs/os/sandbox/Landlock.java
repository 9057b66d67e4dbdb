package io.famfs.os.sandbox;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.famfs.core.Errno;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.libc.ProcessRights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rules of the Landlock security module: which files a process may open by their paths from now
/// on, and that it takes up no TCP connection of its own. What is open stays usable, and what comes
/// through a socket is. A rule set belongs to threads; version 8 can put it on all of them at once.
final class Landlock implements AutoCloseable {
  /// The first version that restricts all threads of a process by itself.
  static final int ABI_ALL_THREADS = 8;

  /// `LANDLOCK_RESTRICT_SELF_TSYNC`.
  private static final int FLAG_ALL_THREADS = 1 << 3;

  // The same on all machines.
  private static final int CREATE_RULESET = 444;
  private static final int ADD_RULE = 445;
  private static final int RESTRICT_SELF = 446;

  private static final int VERSION = 1;
  private static final int PATH_BENEATH = 1;

  private static final long EXECUTE = 1;
  private static final long WRITE_FILE = 1 << 1;
  private static final long READ_FILE = 1 << 2;
  private static final long READ_DIRECTORY = 1 << 3;
  private static final long REMOVE_FILE = 1 << 5;
  private static final long MAKE_SOCKET = 1 << 9;
  private static final long TRUNCATE = 1 << 14;
  private static final long IOCTL_DEVICE = 1 << 15;

  /// What a rule on something that is no directory may speak of.
  private static final long FILE_RIGHTS =
      EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE;

  /// Making of devices of both kinds: nobody here does.
  private static final long MAKE_DEVICES = 1 << 6 | 1 << 11;

  private static final long CONNECT_AND_BIND_TCP = 3;
  private static final long SCOPE_ABSTRACT_SOCKETS = 1;

  static final int ABI_NETWORK = 4;
  private static final int ABI_SCOPES = 6;

  private final Fd rules;
  private final int abi;

  private Landlock(Fd rules, int abi) {
    this.rules = rules;
    this.abi = abi;
  }

  /// The version the kernel has, or a negative errno.
  static int abi() {
    return (int) ProcessRights.systemCall(CREATE_RULESET, 0, 0, VERSION, 0, 0);
  }

  /// Why there are no rules here; null when there are.
  static @Nullable String problem() {
    int abi = abi();
    return switch (-abi) {
      case Errno.ENOSYS -> "the kernel is built without Landlock";
      case Errno.EOPNOTSUPP ->
          "Landlock is not among the kernel's security modules (boot with lsm=)";
      default -> abi < 0 ? "Landlock: " + Errno.describe(-abi) : null;
    };
  }

  private static long allRights(int abi) {
    if (abi >= 5) {
      return (1 << 16) - 1;
    }
    return (1L << (abi >= 3 ? 15 : abi == 2 ? 14 : 13)) - 1;
  }

  /// Rules that allow these paths and nothing else.
  ///
  /// @param files whether rules say anything of files; without, a process can still take a mount
  ///   away
  static Landlock rules(List<PathAccess> paths, boolean files) throws SandboxException {
    int abi = abi();
    if (abi < 0) {
      throw new SandboxException(String.valueOf(problem()));
    }
    long rights = files ? allRights(abi) : 0;
    Landlock landlock = create(abi, rights);
    try {
      for (PathAccess path : files ? paths : List.<PathAccess>of()) {
        landlock.allow(path, rights);
      }
      return landlock;
    } catch (SandboxException e) {
      landlock.close();
      throw e;
    }
  }

  private static Landlock create(int abi, long rights) throws SandboxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(3L * Long.BYTES, Long.BYTES);
      attributes.set(JAVA_LONG, 0, rights);
      attributes.set(JAVA_LONG, Long.BYTES, abi >= ABI_NETWORK ? CONNECT_AND_BIND_TCP : 0);
      attributes.set(JAVA_LONG, 2L * Long.BYTES, abi >= ABI_SCOPES ? SCOPE_ABSTRACT_SOCKETS : 0);
      int bytes = abi >= ABI_SCOPES ? 24 : abi >= ABI_NETWORK ? 16 : 8;
      long result = ProcessRights.systemCall(CREATE_RULESET, attributes.address(), bytes, 0, 0, 0);
      if (result < 0) {
        throw new SandboxException("Landlock makes no rules: " + Errno.describe((int) -result));
      }
      return new Landlock(Fd.adopt((int) result), abi);
    }
  }

  private void allow(PathAccess access, long handled) throws SandboxException {
    long rights =
        switch (access.kind()) {
          case READ -> READ_FILE | READ_DIRECTORY;
          case USE -> READ_FILE | READ_DIRECTORY | WRITE_FILE | TRUNCATE | IOCTL_DEVICE;
          case SOCKETS -> READ_DIRECTORY | REMOVE_FILE | MAKE_SOCKET;
          case CHANGE -> ~(EXECUTE | MAKE_DEVICES);
        };
    if (!Files.isDirectory(access.path())) {
      rights &= FILE_RIGHTS;
    }
    try (Fd at = Fd.open(access.path(), Fd.O_PATH, 0);
        Arena arena = Arena.ofConfined()) {
      MemorySegment rule = arena.allocate(Long.BYTES + Integer.BYTES, Long.BYTES);
      rule.set(JAVA_LONG, 0, rights & handled);
      rule.set(JAVA_INT, Long.BYTES, at.value());
      long result =
          ProcessRights.systemCall(ADD_RULE, rules.value(), PATH_BENEATH, rule.address(), 0, 0);
      if (result < 0) {
        throw new SandboxException(
            "Landlock takes no rule on " + access.path() + ": " + Errno.describe((int) -result));
      }
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENOENT && e.errno() != Errno.EACCES) {
        throw new SandboxException("cannot allow " + access.path() + ": " + e.getMessage(), e);
      }
      // What is not there, or not for us, is not opened later either.
    }
  }

  /// The call that puts the rules on the thread that does it.
  long[] restriction() {
    return new long[] {RESTRICT_SELF, rules.value(), 0};
  }

  /// Puts the rules on all threads, from version [#ABI_ALL_THREADS] on.
  void restrictAllThreads() throws SandboxException {
    long result = ProcessRights.systemCall(RESTRICT_SELF, rules.value(), FLAG_ALL_THREADS, 0, 0, 0);
    if (result < 0) {
      throw new SandboxException("Landlock: " + Errno.describe((int) -result));
    }
  }

  /// The version, and what it covers.
  String describe() {
    return "version "
        + abi
        + (abi >= ABI_NETWORK ? ", files and TCP" : ", files")
        + (abi >= ABI_SCOPES ? ", abstract sockets" : "");
  }

  @Override
  public void close() {
    rules.close();
  }
}

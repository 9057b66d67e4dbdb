package io.famfs.os.sandbox;

import io.famfs.core.Errno;
import io.famfs.os.Identity;
import io.famfs.os.libc.ProcessRights;
import io.famfs.os.sandbox.SystemCalls.Machine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The filter of system calls, `seccomp(2)`: allows those of a list, and what is not on it is
/// answered as the policy says. What no kernel had when the list was made is answered ENOSYS, so
/// that a newer C library falls back to what is on it.
///
/// Calls that are allowed whatever their arguments cost next to nothing: Linux keeps the answer.
final class CallFilter {
  private static final int SECCOMP_SET_MODE_FILTER = 1;
  private static final int SECCOMP_GET_ACTION_AVAIL = 2;
  private static final int TSYNC = 1;
  private static final int SPEC_ALLOW = 4;

  private static final int ALLOW = 0x7fff_0000;
  private static final int FAIL = 0x0005_0000;
  private static final int KILL_PROCESS = 0x8000_0000;

  private static final int EAFNOSUPPORT = 97;
  private static final int X32_BIT = 0x4000_0000;
  private static final int AF_UNIX = 1;
  private static final int CLONE_THREAD = 0x10000;

  /// Put input into a terminal, or change what a terminal is.
  private static final List<Integer> REFUSED_IOCTLS = List.of(0x5412, 0x541c, 0x5423);

  /// PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP, PR_CAPBSET_READ, PR_SET_TIMERSLACK,
  /// PR_GET_NO_NEW_PRIVS, PR_SET_VMA.
  private static final List<Integer> ALLOWED_CONTROLS =
      List.of(3, 15, 16, 21, 23, 29, 39, 0x5356_4d41);

  private final Machine machine;
  private final int otherwise;
  private final boolean unmounts;
  private final int pid;
  private final Bpf program = new Bpf();

  private CallFilter(Machine machine, CallPolicy policy, boolean unmounts, int pid) {
    this.machine = machine;
    this.otherwise = policy.action;
    this.unmounts = unmounts;
    this.pid = pid;
  }

  /// Why there can be no filter here; null when there can.
  static @Nullable String problem() {
    Machine machine = Machine.ofThisHost();
    if (machine == null) {
      return "no table of system calls for a processor of kind " + System.getProperty("os.arch");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocateFrom(ValueLayout.JAVA_INT, FAIL);
      long result =
          ProcessRights.systemCall(
              call(machine, "seccomp"), SECCOMP_GET_ACTION_AVAIL, 0, action.address(), 0, 0);
      return result < 0
          ? "the kernel has no filters of system calls: " + Errno.describe((int) -result)
          : null;
    }
  }

  /// The program for a process.
  ///
  /// @param unmounts whether the process will have to take a mount away
  static Bpf program(Machine machine, CallPolicy policy, boolean unmounts, int pid) {
    CallFilter filter = new CallFilter(machine, policy, unmounts, pid);
    filter.build();
    return filter.program;
  }

  /// Puts the filter on all threads of this process. All of them, or at least the calling one, have
  /// to have given up new privileges; those that have not, do by this.
  ///
  /// @return how many instructions it has
  /// @throws SandboxException when the kernel does not take it
  static int install(CallPolicy policy, boolean unmounts) throws SandboxException {
    Machine machine = Machine.ofThisHost();
    if (machine == null) {
      throw new SandboxException(String.valueOf(problem()));
    }
    Bpf program = program(machine, policy, unmounts, Identity.pid());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(program.bytes().length, Long.BYTES);
      MemorySegment.copy(
          program.bytes(), 0, code, ValueLayout.JAVA_BYTE, 0, program.bytes().length);
      MemorySegment filter = arena.allocate(2L * Long.BYTES, Long.BYTES);
      filter.set(ValueLayout.JAVA_SHORT, 0, (short) program.size());
      filter.set(ValueLayout.JAVA_LONG, Long.BYTES, code.address());
      long result =
          ProcessRights.systemCall(
              call(machine, "seccomp"),
              SECCOMP_SET_MODE_FILTER,
              TSYNC | SPEC_ALLOW,
              filter.address(),
              0,
              0);
      if (result > 0) {
        throw new SandboxException("thread " + result + " has a filter of its own already");
      }
      if (result < 0) {
        throw new SandboxException("the filter is refused: " + Errno.describe((int) -result));
      }
    }
    return program.size();
  }

  private void build() {
    program.loadArch();
    program.unlessEqual(machine.audit, KILL_PROCESS);
    program.loadNumber();
    if (machine == Machine.X86_64) {
      program.whenAnyBit(X32_BIT, FAIL | Errno.ENOSYS);
    }
    for (int number : SystemCalls.allowed(machine)) {
      program.whenEqual(number, ALLOW);
    }
    program.caseOf(call(machine, "clone"), this::threadsOnly);
    program.caseOf(call(machine, "socket"), this::unixOnly);
    program.caseOf(call(machine, "socketpair"), this::unixOnly);
    program.caseOf(call(machine, "tgkill"), this::thisProcess);
    program.caseOf(call(machine, "kill"), this::thisProcess);
    program.caseOf(call(machine, "ioctl"), this::ioctls);
    program.caseOf(call(machine, "prctl"), this::controls);
    program.caseOf(call(machine, "prlimit64"), this::readLimits);
    if (unmounts) {
      program.whenEqual(call(machine, "umount2"), ALLOW);
    }
    program.whenEqual(call(machine, "clone3"), FAIL | Errno.ENOSYS);
    program.whenGreater(SystemCalls.HIGHEST, FAIL | Errno.ENOSYS);
    program.answer(otherwise);
  }

  private static int call(Machine machine, String name) {
    Integer number = SystemCalls.number(machine, name);
    if (number == null) {
      throw new IllegalStateException("no number of " + name);
    }
    return number;
  }

  /// New threads, no new processes.
  private void threadsOnly() {
    program.loadLow(0);
    program.whenAnyBit(CLONE_THREAD, ALLOW);
    program.answer(otherwise);
  }

  /// As a kernel answers that was built without networks.
  private void unixOnly() {
    program.loadLow(0);
    program.whenEqual(AF_UNIX, ALLOW);
    program.answer(otherwise == CallPolicy.ERRNO.action ? FAIL | EAFNOSUPPORT : otherwise);
  }

  private void thisProcess() {
    program.loadLow(0);
    program.whenEqual(pid, ALLOW);
    program.answer(otherwise);
  }

  private void ioctls() {
    program.loadLow(1);
    for (int request : REFUSED_IOCTLS) {
      program.whenEqual(request, otherwise);
    }
    program.answer(ALLOW);
  }

  private void controls() {
    program.loadLow(0);
    for (int option : ALLOWED_CONTROLS) {
      program.whenEqual(option, ALLOW);
    }
    program.answer(otherwise);
  }

  /// Reading limits, of any process this user may look at, but setting none.
  private void readLimits() {
    program.loadLow(2);
    program.unlessEqual(0, otherwise);
    program.loadHigh(2);
    program.unlessEqual(0, otherwise);
    program.answer(ALLOW);
  }
}

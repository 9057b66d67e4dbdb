package io.famfs.os.sandbox;

import io.famfs.os.Identity;
import io.famfs.os.sandbox.LayerState.Layer;
import io.famfs.os.sandbox.SandboxSettings.Mode;
import io.famfs.os.sandbox.SystemCalls.Machine;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Locks this process in. What is open stays usable; what is needed by path later has to be among
/// the settings. There is no way back.
public final class Sandbox {
  private final SandboxSettings settings;
  private final long keptCapabilities;
  private final List<LayerState> states = new ArrayList<>();

  private Sandbox(SandboxSettings settings) {
    this.settings = settings;
    this.keptCapabilities = settings.unmounts() ? 1L << Privileges.CAP_SYS_ADMIN : 0;
  }

  /// What would be in force here, and why something would not. Changes nothing.
  public static List<LayerState> plan(SandboxSettings settings) {
    List<LayerState> states = new ArrayList<>();
    for (Layer layer : Layer.values()) {
      String problem = problem(settings, layer);
      states.add(
          problem == null
              ? LayerState.holds(layer, intent(settings, layer))
              : LayerState.missing(layer, problem));
    }
    return states;
  }

  /// Locks this process in, all its threads. Threads that are started later are, too.
  ///
  /// @return what is in force; in mode AUTO something may be missing
  /// @throws SandboxException when a layer cannot be had in mode FULL, when a user cannot be taken
  ///   on, or when a layer was begun and failed: the process is then neither free nor locked in and
  ///   has to end
  public static List<LayerState> enter(SandboxSettings settings) throws SandboxException {
    if (settings.mode() == Mode.FULL) {
      for (LayerState state : plan(settings)) {
        if (!state.inForce()) {
          throw new SandboxException(state.layer().label() + ": " + state.detail());
        }
      }
    }
    String user = problem(settings, Layer.USER);
    if (settings.account() != null && user != null) {
      throw new SandboxException(user);
    }
    Sandbox sandbox = new Sandbox(settings);
    sandbox.enter();
    return List.copyOf(sandbox.states);
  }

  private static @Nullable String problem(SandboxSettings settings, Layer layer) {
    if (layer == Layer.USER) {
      return userProblem(settings.account());
    }
    if (settings.mode() == Mode.NONE) {
      return "not asked for";
    }
    return switch (layer) {
      case CORE_DUMPS, DESCRIPTORS, USER -> null;
      case CAPABILITIES, NO_NEW_PRIVS -> threadProblem();
      case LANDLOCK -> landlockProblem(settings);
      case SECCOMP -> settings.calls() == CallPolicy.NONE ? "not asked for" : CallFilter.problem();
    };
  }

  private static @Nullable String userProblem(@Nullable Account account) {
    if (account == null) {
      return Identity.effectiveUid() == 0 ? "no user was named: it goes on as root" : null;
    }
    boolean same =
        account.uid() == Identity.effectiveUid() && account.gid() == Identity.effectiveGid();
    try {
      long effective = Privileges.effective();
      boolean may =
          Privileges.has(effective, Privileges.CAP_SETUID)
              && Privileges.has(effective, Privileges.CAP_SETGID);
      return same || may ? null : "only root can go on as " + account;
    } catch (SandboxException e) {
      return e.getMessage();
    }
  }

  private static @Nullable String threadProblem() {
    return Machine.ofThisHost() == null
        ? "no table of system calls for a processor of kind " + System.getProperty("os.arch")
        : AllThreads.problem();
  }

  private static @Nullable String landlockProblem(SandboxSettings settings) {
    String problem = Landlock.problem();
    if (problem != null) {
      return problem;
    }
    if (settings.unmounts() && Landlock.abi() < Landlock.ABI_NETWORK) {
      return "rules on files forbid to take the mount away, and there are no others";
    }
    return threadProblem();
  }

  private static String intent(SandboxSettings settings, Layer layer) {
    return switch (layer) {
      case CORE_DUMPS -> "none, not dumpable";
      case DESCRIPTORS ->
          settings.descriptors() == 0 ? "the most allowed" : "at most " + settings.descriptors();
      case USER ->
          settings.account() == null
              ? "goes on as user " + Integer.toUnsignedString(Identity.effectiveUid())
              : "goes on as " + settings.account();
      case CAPABILITIES -> settings.unmounts() ? "CAP_SYS_ADMIN only, to unmount" : "none";
      case NO_NEW_PRIVS -> "set on all threads";
      case LANDLOCK -> "version " + Landlock.abi() + coverage(settings);
      case SECCOMP -> "others: " + settings.calls().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String coverage(SandboxSettings settings) {
    return settings.unmounts()
        ? ", no rules on files: they would forbid to unmount"
        : ", " + settings.paths().size() + " paths";
  }

  private void enter() throws SandboxException {
    for (LayerState state : plan(settings)) {
      if (!state.inForce()) {
        states.add(state);
      }
    }
    if (settings.mode() != Mode.NONE) {
      Privileges.withoutCore();
      holds(Layer.CORE_DUMPS, intent(settings, Layer.CORE_DUMPS));
      long most = Privileges.limitDescriptors(settings.descriptors());
      holds(Layer.DESCRIPTORS, "at most " + most);
    }
    boolean threads = wanted(Layer.CAPABILITIES);
    boolean bounded = threads && emptyBounds();
    Account account = settings.account();
    if (account != null) {
      Privileges.become(account);
    }
    if (wanted(Layer.USER)) {
      holds(Layer.USER, intent(settings, Layer.USER));
    }
    if (threads) {
      restrict(bounded);
    }
    if (wanted(Layer.SECCOMP)) {
      int instructions = CallFilter.install(settings.calls(), settings.unmounts());
      holds(Layer.SECCOMP, intent(settings, Layer.SECCOMP) + ", " + instructions + " instructions");
    }
    verify(bounded);
    states.sort((a, b) -> a.layer().compareTo(b.layer()));
  }

  private void holds(Layer layer, String detail) {
    states.add(LayerState.holds(layer, detail));
  }

  private boolean wanted(Layer layer) {
    return problem(settings, layer) == null;
  }

  private static int call(String name) throws SandboxException {
    Machine machine = Machine.ofThisHost();
    Integer number = machine == null ? null : SystemCalls.number(machine, name);
    if (number == null) {
      throw new SandboxException("no number of " + name + " here");
    }
    return number;
  }

  /// Needs a capability itself, so it comes before the others are given up.
  private static boolean emptyBounds() throws SandboxException {
    if (!Privileges.has(Privileges.effective(), Privileges.CAP_SETPCAP)) {
      return false;
    }
    AllThreads.run("capabilities", Privileges.emptyBounds(call("prctl")));
    return true;
  }

  /// Takes capabilities, new privileges and files from all threads.
  private void restrict(boolean bounded) throws SandboxException {
    boolean landlock = wanted(Layer.LANDLOCK);
    Landlock rules = landlock ? Landlock.rules(settings.paths(), !settings.unmounts()) : null;
    try (Arena arena = Arena.ofConfined()) {
      long kept = keptCapabilities & Privileges.effective();
      List<long[]> calls = new ArrayList<>();
      calls.add(new long[] {call("prctl"), Privileges.PR_SET_NO_NEW_PRIVS, 1});
      calls.add(Privileges.keep(call("capset"), kept, arena));
      boolean atOnce = Landlock.abi() >= Landlock.ABI_ALL_THREADS;
      if (rules != null && !atOnce) {
        calls.add(rules.restriction());
      }
      int count = AllThreads.run("restrict", calls);
      if (rules != null && atOnce) {
        rules.restrictAllThreads();
      }
      String bounds = bounded ? ", empty bounding set" : ", bounding set as it was (not ours)";
      holds(Layer.CAPABILITIES, (kept == 0 ? "none" : "CAP_SYS_ADMIN only, to unmount") + bounds);
      holds(Layer.NO_NEW_PRIVS, "set on " + count + " threads");
      if (rules != null) {
        holds(Layer.LANDLOCK, rules.describe() + coverage(settings));
      }
    } finally {
      if (rules != null) {
        rules.close();
      }
    }
  }

  /// Looks at every thread.
  private void verify(boolean bounded) throws SandboxException {
    boolean threads = wanted(Layer.CAPABILITIES);
    Account account = settings.account();
    for (int thread : AllThreads.threads()) {
      if (wanted(Layer.SECCOMP)) {
        require(thread, "Seccomp", "2");
        require(thread, "NoNewPrivs", "1");
      }
      if (threads) {
        String kept = "%016x".formatted(keptCapabilities & Privileges.effective());
        require(thread, "NoNewPrivs", "1");
        require(thread, "CapPrm", kept);
        require(thread, "CapEff", kept);
        require(thread, "CapInh", "0".repeat(16));
        require(thread, "CapAmb", "0".repeat(16));
      }
      if (threads && bounded) {
        require(thread, "CapBnd", "0".repeat(16));
      }
      if (account != null) {
        String uid = Integer.toUnsignedString(account.uid());
        require(thread, "Uid", String.join("\t", uid, uid, uid, uid));
      }
    }
  }

  private static void require(int thread, String field, String value) throws SandboxException {
    String actual = AllThreads.status(thread, field);
    if (actual != null && !actual.equals(value)) {
      throw new SandboxException(
          "thread "
              + thread
              + " ("
              + AllThreads.status(thread, "Name")
              + ") has "
              + field
              + " "
              + actual
              + " instead of "
              + value);
    }
  }
}

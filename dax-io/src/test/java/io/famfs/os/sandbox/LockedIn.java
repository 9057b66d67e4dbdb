package io.famfs.os.sandbox;

import io.famfs.core.Errno;
import io.famfs.os.EventFd;
import io.famfs.os.Fd;
import io.famfs.os.Memfd;
import io.famfs.os.Poller;
import io.famfs.os.UnixListener;
import io.famfs.os.UnixSocket;
import io.famfs.os.libc.ProcessRights;
import io.famfs.os.sandbox.SystemCalls.Machine;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// A process that locks itself in and says what it can do then, from a thread that was there before
/// and from a new one: `what THREAD: errno or ok`.
final class LockedIn {
  private static final Machine MACHINE = Objects.requireNonNull(Machine.ofThisHost());
  private static final PrintStream OUT = System.out;

  private final String thread;
  private final Path allowed;

  private LockedIn(String thread, Path allowed) {
    this.thread = thread;
    this.allowed = allowed;
  }

  /// Runs in a process of its own.
  ///
  /// @param args mode, policy, user or empty, directory it may change, and what to do
  public static void main(String[] args) throws Exception {
    Path allowed = Path.of(args[3]);
    try (EventFd never = EventFd.create();
        ExecutorService early = Executors.newFixedThreadPool(2)) {
      Thread waiting = Thread.ofPlatform().daemon(true).start(() -> await(never));
      early.submit(() -> {}).get();
      SandboxSettings settings =
          SandboxSettings.standard()
              .withMode(SandboxSettings.Mode.valueOf(args[0]))
              .withCalls(CallPolicy.valueOf(args[1]))
              .withAccount(args[2].isEmpty() ? null : Account.parse(args[2]))
              .with(PathAccess.change(allowed));
      for (LayerState state : Sandbox.enter(settings)) {
        OUT.println(state.layer().label() + ": " + state.inForce() + ", " + state.detail());
      }
      if (args[4].equals("exec")) {
        OUT.flush();
        new LockedIn("main", allowed).call("execve", path("/bin/true"), 0, 0);
      }
      if (args[4].equals("harmless")) {
        new LockedIn("main", allowed).harmless();
        return;
      }
      early.submit(() -> new LockedIn("early", allowed).tryAll()).get();
      Thread late = Thread.ofPlatform().start(() -> new LockedIn("late", allowed).tryAll());
      late.join();
      never.signal();
      waiting.join();
    }
    System.out.println("end");
  }

  private static void await(EventFd event) {
    Poller poller = new Poller(1);
    poller.add(event.fd(), Poller.POLLIN);
    while (poller.await(-1) < 0 || !poller.readable(0)) {
      Thread.onSpinWait();
    }
  }

  private static long path(String path) {
    return Arena.ofAuto().allocateFrom(path).address();
  }

  private void say(String what, long result) {
    OUT.println(what + " " + thread + ": " + (result < 0 ? Long.toString(-result) : "ok"));
  }

  private void call(String name, long a, long b, long c) {
    Integer number = SystemCalls.number(MACHINE, name);
    if (number != null) {
      say(name, ProcessRights.systemCall(number, a, b, c, 0, 0));
    }
  }

  private void harmless() {
    forbiddenToJava();
    files();
    OUT.flush();
    Runtime.getRuntime().halt(0);
  }

  private void tryAll() {
    forbidden();
    forbiddenToJava();
    files();
    needed();
  }

  private void forbidden() {
    call("execve", path("/bin/true"), 0, 0);
    call("execveat", -100, path("/bin/true"), 0);
    call("clone", 17, 0, 0);
    call("clone3", 0, 0, 0);
    call("vfork", 0, 0, 0);
    call("ptrace", 0, 0, 0);
    call("process_vm_readv", 1, 0, 0);
    call("socket", 2, 1, 0);
    call("socketpair", 2, 1, 0);
    call("unshare", 0x1000_0000, 0, 0);
    call("setns", 0, 0, 0);
    call("mount", path("none"), path("/mnt"), path("tmpfs"));
    call("umount2", path("/mnt"), 0, 0);
    call("chroot", path("/"), 0, 0);
    call("bpf", 0, 0, 0);
    call("perf_event_open", 0, 0, 0);
    call("userfaultfd", 0, 0, 0);
    call("io_uring_setup", 1, 0, 0);
    call("keyctl", 0, 0, 0);
    call("open_by_handle_at", 0, 0, 0);
    call("personality", 0, 0, 0);
    call("setresuid", 0, 0, 0);
    call("capset", 0, 0, 0);
    call("kill", 1, 0, 0);
    call("tgkill", 1, 1, 0);
    call("ioctl", 0, 0x5412, path("x"));
    call("prctl", 4, 1, 0);
    call("mknodat", -100, path(allowed + "/node"), 0x2000 | 0600);
    call("prlimit64", 0, 4, path("0123456789abcdef"));
    say("unknown", ProcessRights.systemCall(SystemCalls.HIGHEST + 1, 0, 0, 0, 0, 0));
  }

  private void forbiddenToJava() {
    try {
      new ProcessBuilder("true").start();
      say("ProcessBuilder", 0);
    } catch (IOException e) {
      say("ProcessBuilder", -1);
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), 9)) {
      say("Socket", socket.getPort() == 9 ? 0 : -1);
    } catch (IOException e) {
      say("Socket", -1);
    }
  }

  private void open(String what, Path path, boolean write) {
    try {
      if (write) {
        Files.writeString(path, "x");
        Files.delete(path);
      } else if (Files.isDirectory(path)) {
        try (Stream<Path> listed = Files.list(path)) {
          say(what, listed.count() > 0 ? 0 : -1);
          return;
        }
      } else {
        Files.readAllBytes(path);
      }
      say(what, 0);
    } catch (IOException e) {
      say(what, -1);
    }
  }

  private void files() {
    open("read-outside", Path.of("/etc/hostname"), false);
    open("list-outside", Path.of("/etc"), false);
    open("write-outside", Path.of("/var/tmp/famfs-locked-in"), true);
    open("read-self", Path.of("/proc/self/status"), false);
    open("write-inside", allowed.resolve("file-" + thread), true);
  }

  /// What servers and Java machines do all the time.
  private void needed() {
    try (UnixListener listener = UnixListener.listen(allowed.resolve("s-" + thread), 1);
        UnixSocket client = UnixSocket.connect(allowed.resolve("s-" + thread));
        UnixSocket accepted = listener.accept();
        Fd memory = Memfd.create("memory", 1 << 20)) {
      MemorySegment word = Arena.ofAuto().allocate(8, 8);
      word.set(ValueLayout.JAVA_LONG, 0, 77);
      say("send", client.send(word, 0, 8, memory) == 8 ? 0 : -1);
      say("peer", accepted.peerCredentials().pid() > 0 ? 0 : -1);
    } catch (IOException e) {
      OUT.println(e.getMessage());
      say("sockets", -Errno.EIO);
    }
    try {
      say("recursion", deeper(0));
    } catch (StackOverflowError e) {
      say("recursion", 0);
    }
    System.gc();
    long sum = 0;
    for (int i = 0; i < 3_000_000; i++) {
      sum += Long.hashCode(sum * 31 + i);
    }
    say("compiled", sum == 0 ? -1 : 0);
  }

  private static int deeper(int depth) {
    return depth < 0 ? -1 : deeper(depth + 1) + 1;
  }
}

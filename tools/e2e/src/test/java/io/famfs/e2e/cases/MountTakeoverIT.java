package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.e2e.TestVm;
import io.famfs.os.ChildProcess;
import io.famfs.os.Mounts;
import io.famfs.os.handover.FdHolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A mount of this host whose server is killed again and again while programs use it: they see
/// pauses, no error and no wrong byte, and keep their locks.
@Timeout(3600)
class MountTakeoverIT {
  /// New files beside a file of fixed size. Now and then a file that was closed can still be cut
  /// after a kill, so this is for long runs.
  private static final boolean GROW = Killing.KILLS > 5;

  private static final int WORKERS = 3;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int SIGKILL = 9;

  private Path program;

  @BeforeEach
  void obtainProgram() throws Exception {
    String[] version = System.getProperty("os.version", "0.0").split("[.-]", -1);
    boolean resends = 100 * Integer.parseInt(version[0]) + Integer.parseInt(version[1]) >= 609;
    if (!resends) {
      System.err.println("*** SKIPPED: requests are sent again by Linux 6.9 and newer ***");
    }
    Assumptions.assumeTrue(resends, "requests are sent again by Linux 6.9 and newer");
    program = TestVm.image().testProgram();
  }

  private static Path mountPoint(Killing killing) throws IOException {
    HostMount.assume(killing.directory());
    return Files.createDirectory(killing.directory().resolve("m"));
  }

  private static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String await(Process process, int code) throws IOException, InterruptedException {
    String output;
    try (Stream<String> lines = process.inputReader().lines()) {
      output = String.join("\n", lines.toList());
    }
    assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS), "still running");
    assertEquals(code, process.exitValue(), output);
    return output;
  }

  /// Rounds with a seed each, as long as somebody kills.
  private Callable<List<String>> rounds(Killing killing, String... words) {
    return () -> {
      List<String> said = new ArrayList<>();
      for (int round = 1; killing.goesOn(); round++) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        String seed = Integer.toString(Killing.SEED + round);
        Arrays.stream(words).map(word -> word.equals("SEED") ? seed : word).forEach(command::add);
        said.add(await(start(command), 0));
      }
      return said;
    };
  }

  private static long longestMillis(List<String> said) {
    return said.stream()
        .flatMap(String::lines)
        .filter(line -> line.contains(", longest "))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*, longest (\\d+) ms.*", "$1")))
        .max()
        .orElse(-1);
  }

  @Test
  void programsOnAMountSeePausesWhenItsServerIsKilled() throws Exception {
    try (Killing killing = new Killing();
        ExecutorService loads = Executors.newCachedThreadPool()) {
      Path mount = mountPoint(killing);
      String scratch = mount.resolve(Killing.SCRATCH).toString();
      killing.serve("mount", mount.toString(), Integer.toString(WORKERS));
      Process holder = start(List.of("flock", scratch, "cat"));
      holder.outputWriter().append("held\n").flush();
      assertEquals("held", holder.inputReader().readLine());
      Process waiter = start(List.of("flock", scratch, "echo", "mine"));
      killing.start();
      Future<List<String>> churn =
          loads.submit(rounds(killing, "churn", scratch, "0", "8m", "SEED", "2000"));
      Callable<List<String>> growing =
          rounds(killing, "grow", mount.toString(), "SEED", "3", "200");
      Future<List<String>> grow = loads.submit(GROW ? growing : (Callable<List<String>>) List::of);
      List<String> said = new ArrayList<>(churn.get());
      int churned = said.size();
      said.addAll(grow.get());
      System.out.printf(
          "[takeover] mount: longest operation %d ms, %d rounds of churn, %d of grow%n",
          longestMillis(said), churned, said.size() - churned);
      assertEquals("", await(start(List.of("flock", "--nonblock", scratch, "true")), 1));
      assertTrue(waiter.isAlive(), "a lock is taken that another process holds");
      Path opened = Path.of("/proc/" + holder.pid() + "/fd/3");
      assertEquals(scratch, Files.readSymbolicLink(opened).toString(), "its name is known");
      holder.outputWriter().close();
      await(holder, 0);
      assertEquals("mine", await(waiter, 0));
      killing.finish("mount");
      Files.delete(mount);
    }
  }

  /// One process after the other, with a holder that starts none by itself.
  private static ChildProcess child(FdHolder holder, List<String> command) throws IOException {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.putAll(holder.environment());
    List<String> words =
        new ArrayList<>(List.of("sh", "-c", "export LISTEN_PID=$$; exec \"$@\"", "sh"));
    words.addAll(command);
    ChildProcess child = ChildProcess.start(Path.of("/bin/sh"), words, environment, holder.fds());
    while (!holder.wasReady()) {
      holder.receive(1000);
    }
    return child;
  }

  /// The system call; umount(8) looks at the directory first, which takes a server.
  @Test
  void unmountingEndsWhileNoServerRuns() throws Exception {
    try (Killing killing = new Killing();
        FdHolder holder = FdHolder.open()) {
      Path mount = mountPoint(killing);
      List<String> command = killing.command("mount", mount.toString(), Integer.toString(WORKERS));
      ChildProcess first = child(holder, command);
      await(start(List.of("cp", "/proc/self/maps", mount.resolve("copy").toString())), 0);
      int kept = holder.count();
      first.signal(SIGKILL);
      first.await();
      holder.receive(0);
      assertEquals(kept, holder.count());
      Mounts.unmount(mount, false);
      assertFalse(Files.exists(mount.resolve("copy")), "it is unmounted");
      ChildProcess second = child(holder, command);
      while (holder.count() > 1) {
        holder.receive(1000);
      }
      assertFalse(Files.exists(mount.resolve("copy")), "it is not mounted again");
      second.signal(SIGKILL);
      second.await();
      Files.delete(mount);
    }
  }

  @Test
  void programThatWaitsWhileNoServerRunsGoesOnWithTheNext() throws Exception {
    try (Killing killing = new Killing();
        FdHolder holder = FdHolder.open()) {
      Path mount = mountPoint(killing);
      List<String> command = killing.command("mount", mount.toString(), Integer.toString(WORKERS));
      ChildProcess first = child(holder, command);
      first.signal(SIGKILL);
      first.await();
      holder.receive(0);
      Process lists = start(List.of("ls", mount.toString()));
      ChildProcess second = child(holder, command);
      assertEquals(Killing.MAPPED + "\n" + Killing.SCRATCH, await(lists, 0));
      await(start(List.of("umount", mount.toString())), 0);
      while (holder.count() > 1) {
        holder.receive(1000);
      }
      second.signal(SIGKILL);
      second.await();
      Files.delete(mount);
    }
  }
}

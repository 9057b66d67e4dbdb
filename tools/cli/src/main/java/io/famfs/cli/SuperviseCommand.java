package io.famfs.cli;

import io.famfs.os.handover.Supervisor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `famfs supervise`: a server that its clients outlive.
@Command(
    name = "supervise",
    description = {
      "Runs 'famfs serve' or 'famfs mount' as a child process, keeps the connections of its",
      "clients, and starts it again when it ends: guests and programs see a pause and no error."
    },
    footer = {
      "",
      "SIGTERM ends both: guests get errors, mounts are unmounted. SIGTERM to the child, whose",
      "process is named when it serves, is an upgrade: it ends its requests at hand, and the next",
      "one is started from what is installed then. A child that fails five times before it serves",
      "is given up. One that mounts ends this when the mount is unmounted. Mounts take Linux 6.9 or",
      "newer.",
      "Not needed as a unit of systemd with FileDescriptorStoreMax=, which keeps them by itself."
    })
final class SuperviseCommand extends BaseCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "'serve' or 'mount', and what is behind it.")
  private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    StderrLog.show(System.Logger.Level.INFO);
    boolean mounts = arguments.getFirst().equals("mount");
    if (!mounts && !arguments.getFirst().equals("serve")) {
      throw CliException.misuse("only 'famfs serve' and 'famfs mount' can be supervised");
    }
    String launcher = System.getProperty("famfs.launcher");
    if (launcher == null) {
      throw new CliException("cannot start another process from here: use tools/bin/famfs");
    }
    List<String> command = new ArrayList<>(List.of(launcher));
    command.add(arguments.getFirst());
    if (mounts) {
      command.add("--foreground");
    }
    command.addAll(arguments.subList(1, arguments.size()));
    Supervisor supervisor = Supervisor.of(command, this::tell);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              if (ended.getCount() > 0) {
                supervisor.stop();
                await(ended);
                Runtime.getRuntime().halt(DONE);
              }
            }));
    try {
      return supervisor.run();
    } finally {
      // The main thread itself never ends once a signal has: it waits in exit(3) for the hook.
      ended.countDown();
    }
  }

  private void tell(int pid) {
    out().println("serving as process " + pid);
    out().flush();
  }

  /// Until the child has ended.
  private static void await(CountDownLatch ended) {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.e2e.GuestPrograms;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.HookResult;
import io.famfs.e2e.TestVm;
import io.famfs.e2e.cases.ToolCase.Does;
import io.famfs.e2e.cases.ToolCase.Keeps;
import io.famfs.e2e.cases.ToolCase.Refuses;
import io.famfs.e2e.cases.ToolCase.Step;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The tools of Debian in guests. Everything they have made is compared at the end with what the
/// store and the region have.
class OrdinaryToolsIT extends GuestCase {
  private static final long WINDOW_BYTES = 16 * ByteSize.MIB;
  private static final Duration LIMIT = Duration.ofMinutes(6);
  private static final int MEMORY_MIB = 512;

  private static final String[] PROGRAMS = {
    "[",
    "bash",
    "cat",
    "chgrp",
    "chmod",
    "chown",
    "cmp",
    "cp",
    "dd",
    "diff",
    "fallocate",
    "find",
    "grep",
    "head",
    "install",
    "ln",
    "ls",
    "mkdir",
    "mkfifo",
    "mknod",
    "mv",
    "od",
    "python3",
    "rm",
    "rmdir",
    "rsync",
    "seq",
    "sha256sum",
    "sort",
    "split",
    "sqlite3",
    "stat",
    "sync",
    "tar",
    "tee",
    "test",
    "touch",
    "tr",
    "truncate",
    "wc"
  };

  /// No tool comes from busybox.
  private static final String RUNNER =
      """
      ln -s /proc/self/fd /dev/fd
      begin() {
        export M=/mnt/$1 T=/tmp/$1
        mkdir $M $T || no "mkdir for $1"
      }
      ran() { (cd / && LC_ALL=C PATH=/usr/bin bash -eo pipefail $1) < /dev/null > /tmp/out 2>&1; }
      does() { ran $1 || { cat $1 /tmp/out; no $1; }; }
      # SCRIPT REASON
      refuses() {
        ran $1 && { cat $1; no "$1 succeeded"; }
        grep -q "$2" /tmp/out || { cat $1 /tmp/out; no "$1 for another reason"; }
      }
      """;

  /// Names that are too long or not UTF-8 count as malformed.
  private static final String COMPARE =
      """
      (cd /mnt && find . -mindepth 1 -exec stat -c '%f %u %g %s %n' '{}' + \\
        && find . -type f -exec sha256sum '{}' +) > /tmp/tree || no tree
      host sound 2 || no 'the server complained'
      umount /mnt || no umount
      host tree "$(cat /tmp/tree)" || no 'the store has something else'
      """;

  @Override
  long regionBytes() {
    return 304 * ByteSize.MIB;
  }

  @Test
  void throughRequests() throws Exception {
    run("plain", volume.door("plain", 2, 0), "mount -t virtiofs plain");
  }

  @Test
  void throughAWindow() throws Exception {
    run("window", volume.door("window", 2, WINDOW_BYTES), "mount -t virtiofs -o dax window");
  }

  private void run(String name, Door door, String mount) throws Exception {
    HostWords words =
        new HostWords(volume, door)
            .word(
                "keeps",
                w ->
                    answer(
                        ToolChecks.kept(
                            volume.volume(),
                            w.get(1),
                            Long.parseLong(w.get(2)),
                            Integer.parseInt(w.get(3)))))
            .word("tree", w -> answer(ToolChecks.tree(volume, w.get(1))));
    StringBuilder script = new StringBuilder(RUNNER + mount + " /mnt || no mount\n");
    GuestSpec spec = spec("tools-" + name, "", words, door);
    for (ToolCase each : OrdinaryTools.CASES) {
      script.append("begin " + each.name() + "\n");
      for (int i = 0; i < each.steps().size(); i++) {
        String file = "/run/tools/" + each.name() + "-" + i;
        Step step = each.steps().get(i);
        script.append(line(step, each.name(), file));
        if (step instanceof Does(String text)) {
          spec = spec.file(file, text);
        } else if (step instanceof Refuses(_, String text)) {
          spec = spec.file(file, text);
        }
      }
      script.append("echo \"tools " + each.name() + " until $(cut -d' ' -f1 /proc/uptime) s\"\n");
    }
    script.append(COMPARE);
    GuestPrograms programs = TestVm.programs();
    spec = programs.addTree(programs.add(spec, PROGRAMS), "usr/lib/python3.13");
    GuestResult result = pass(spec.script(PRELUDE + script).timeLimit(LIMIT).memoryMiB(MEMORY_MIB));
    result.console().lines().filter(l -> l.startsWith("tools ")).forEach(System.out::println);
    assertTrue(volume.isUnchanged());
    assertTrue(volume.check().clean());
  }

  private static String line(Step step, String name, String file) {
    return switch (step) {
      case Does _ -> "does %s%n".formatted(file);
      case Refuses(String reason, _) -> "refuses %s '%s'%n".formatted(file, reason);
      case Keeps(String path, long sizeBytes, int mode) ->
          "host keeps %s/%s %d %d || no %s/%s%n".formatted(name, path, sizeBytes, mode, name, path);
    };
  }

  private static HookResult answer(String complaint) {
    return complaint.isEmpty() ? HookResult.ok() : HookResult.failed(complaint);
  }
}

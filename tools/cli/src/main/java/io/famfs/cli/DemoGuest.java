package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.e2e.Guest;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestRun;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.HookResult;
import io.famfs.e2e.VirtioFsDevice;
import io.famfs.e2e.VmImage;
import io.famfs.e2e.VmUnavailableException;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.ServerStats;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import io.famfs.virtiofs.VirtioFsServer;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The part of the demonstration in which a stock guest maps the files.
final class DemoGuest {
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long STORED = 0x66616d6673206f6bL;
  private static final long STORED_AT = 5 * ByteSize.MIB + 4096;
  private static final long MIN_WINDOW_BYTES = 64 * ByteSize.MIB;
  private static final String TAG = "demo";

  private final DemoLog log;
  private final OpenVolume opened;
  private final Map<String, String> sums;
  private final @Nullable Path console;
  private final FuseServer fuse;
  private double mappedMiBs;

  DemoGuest(DemoLog log, OpenVolume opened, Map<String, String> sums, @Nullable Path console) {
    this.log = log;
    this.opened = opened;
    this.sums = sums;
    this.console = console;
    this.fuse = new FuseServer(new FamfsFileSystem(opened.volume(), FamfsOptions.standard()));
  }

  void run() throws IOException, InterruptedException {
    VmImage image;
    try {
      image = VmImage.obtain(line -> log.say("vm", line));
    } catch (VmUnavailableException e) {
      log.skip("guest", String.valueOf(e.getMessage()));
      return;
    }
    log.say("vm", "QEMU " + image.qemuVersion() + ", Linux " + image.kernelVersion());
    Path directory = Files.createTempDirectory("famfs-demo-");
    Path socket = directory.resolve("fs.sock");
    long windowBytes = MIN_WINDOW_BYTES;
    try (VirtioFsServer server =
        new VirtioFsServer(
            new VirtioFsServer.Options(socket, TAG, 1, windowBytes), opened.devices(), fuse)) {
      server.start();
      log.say("serve", "tag demo, a DAX window of " + ByteSize.human(windowBytes));
      boot(image, socket, console == null ? directory.resolve("console.log") : console);
    } finally {
      deleteTree(directory);
    }
  }

  private void boot(VmImage image, Path socket, Path consoleFile)
      throws IOException, InterruptedException {
    String list =
        sums.entrySet().stream()
            .map(e -> e.getValue() + "  " + e.getKey() + "\n")
            .collect(Collectors.joining());
    GuestSpec spec =
        GuestSpec.of(consoleFile, script())
            .device(VirtioFsDevice.withWindow(socket, TAG))
            .file("/run/sums", list)
            .timeLimit(Duration.ofMinutes(10))
            .hook(this::answer);
    log.say("guest", "booting, then mount -t virtiofs -o dax demo /mnt");
    try (GuestRun run = Guest.start(image, spec)) {
      GuestResult result = run.await();
      log.prove(
          "guest",
          result.passed(),
          result.passed()
              ? String.format(Locale.ROOT, "ran to its end in %.1f s", result.seconds())
              : result.summary());
    }
  }

  /// Each `host` line is answered by [#answer]; a failed one ends the script.
  private static String script() {
    return """
    mount -t virtiofs -o dax demo /mnt || exit 10
    cd /mnt || exit 11
    sha256sum -c /run/sums > /tmp/sums 2>&1
    host sums $(grep -c ': OK$' /tmp/sums) || { grep -v ': OK$' /tmp/sums; exit 12; }
    gtest poke famfs-demo.bin %d %x || exit 13
    host stored || exit 14
    host mapped $(gtest bw famfs-demo.bin %d 1048576 mmap 3) || exit 15
    cd / && umount /mnt || exit 16
    mount -t virtiofs -o dax=never demo /mnt || exit 17
    host copied $(gtest bw /mnt/famfs-demo.bin %d 1048576 read 3) || exit 18
    umount /mnt || exit 19
    """
        .formatted(STORED_AT, STORED, Demo.SCRATCH_BYTES, Demo.SCRATCH_BYTES);
  }

  /// The guest says what it saw; what can be compared is compared here.
  private HookResult answer(List<String> words) {
    return switch (words.getFirst()) {
      case "sums" -> sumsSeen(words.getLast());
      case "stored" -> stored();
      case "mapped" -> mapped(words);
      case "copied" -> copied(words);
      default -> HookResult.failed("unknown word " + words);
    };
  }

  private HookResult sumsSeen(String count) {
    boolean all = count.equals(Integer.toString(sums.size()));
    log.prove("guest", all, count + " of " + sums.size() + " checksums equal in the guest");
    return HookResult.of(all);
  }

  private HookResult stored() {
    FileInode file = (FileInode) opened.volume().namespace().find(Demo.SCRATCH_NAME);
    ExtentCursor cursor = new ExtentCursor();
    boolean there =
        file != null
            && file.extents().resolve(STORED_AT, Long.BYTES, cursor)
            && opened.volume().memory(cursor.deviceIndex()).get(WORD, cursor.deviceOffset())
                == STORED;
    ServerStats stats = fuse.stats();
    long reads = stats.requests("READ");
    long writes = stats.requests("WRITE");
    log.prove(
        "store",
        there,
        "a word the guest stored is in the region at byte " + cursor.deviceOffset());
    log.prove(
        "store",
        reads == 0 && writes == 0,
        "FUSE_READ "
            + reads
            + ", FUSE_WRITE "
            + writes
            + ", FUSE_SETUPMAPPING "
            + stats.requests("SETUPMAPPING"));
    return HookResult.of(there && reads == 0 && writes == 0);
  }

  private HookResult mapped(List<String> words) {
    mappedMiBs = speed(words);
    return HookResult.of(mappedMiBs > 0);
  }

  private HookResult copied(List<String> words) {
    double copiedMiBs = speed(words);
    long reads = fuse.stats().requests("READ");
    boolean good = copiedMiBs > 0 && reads > 0;
    log.prove(
        "speed",
        good,
        String.format(
            Locale.ROOT,
            "reading 32 MiB in the guest: mapped %.0f MiB/s, copied %.0f MiB/s (%d FUSE_READ),"
                + " %.1f times",
            mappedMiBs,
            copiedMiBs,
            reads,
            mappedMiBs / copiedMiBs));
    return HookResult.of(good);
  }

  /// From `mapped bw mmap 123.4 MiB/s`.
  private static double speed(List<String> words) {
    try {
      return words.size() >= 4 ? Double.parseDouble(words.get(3)) : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static void deleteTree(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}

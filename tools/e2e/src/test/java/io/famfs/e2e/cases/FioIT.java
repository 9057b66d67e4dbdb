package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.e2e.GuestPrograms;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.TestVm;
import io.famfs.store.namespace.FileInode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// fio with checksums in guests: what it has written it finds again, by every engine, in files that
/// are new and in the log; and the region holds the same bytes.
class FioIT extends GuestCase {
  private static final long WINDOW_BYTES = 16 * ByteSize.MIB;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /// fio has libraries for all kinds of storage: 60 MB, twice while the guest boots.
  private static final int MEMORY_MIB = 512;

  private static final int MIB = (int) ByteSize.MIB;

  /// Each writes a file of its own.
  private static final List<String> ENGINES =
      List.of("psync", "direct", "mmap", "libaio", "io_uring");

  private static final String SAME =
      """
      # PATH SIZE: the guest reads what the region has.
      same() {
        host sum $1 0 $2 $(sha256sum < /mnt/$1 | cut -c -64) || no "another $1 in the region"
      }
      """;

  /// One after the other: a new file is written once and read again; it is read at random; a part
  /// of a file in the log is overwritten at random; another part is read and written at random.
  ///
  /// Each block has a header with its offset and a checksum, so that a block in the wrong place is
  /// found, too.
  private static String jobs(String engine) {
    String words =
        switch (engine) {
          case "direct" -> "psync\ndirect=1";
          case "libaio", "io_uring" -> engine + "\ndirect=1\niodepth=8";
          default -> engine;
        };
    // What is mapped needs its size before it is written.
    String fresh = engine.equals("mmap") ? "fallocate=none" : "create_on_open=1";
    return """
    [global]
    ioengine=%s
    thread
    verify=crc32c
    verify_fatal=1
    [new]
    filename=/mnt/fio-%s
    %s
    rw=write
    bs=64k
    size=4m
    [again]
    stonewall
    filename=/mnt/fio-%s
    rw=randread
    bs=64k
    size=4m
    [over]
    stonewall
    filename=/mnt/scratch.bin
    overwrite=1
    rw=randwrite
    bsrange=4k-64k
    offset=1m
    size=6m
    verify_backlog=50
    [mixed]
    stonewall
    filename=/mnt/scratch.bin
    overwrite=1
    rw=randrw
    bs=8k
    offset=8m
    size=2m
    """
        .formatted(words, engine, fresh, engine);
  }

  private static String script(String engine) {
    return """
    fio --eta=never --output=/tmp/fio /run/fio-%1$s || { cat /tmp/fio; no "fio with %1$s"; }
    [ $(grep -c 'err= 0' /tmp/fio) = 4 ] && [ $(grep -c ' read: IOPS' /tmp/fio) = 4 ] \\
      || { cat /tmp/fio; no "fio with %1$s did not write and read in all jobs"; }
    echo "fio %1$s until $(cut -d' ' -f1 /proc/uptime) s"
    same fio-%1$s 4194304
    same scratch.bin 33554432
    """
        .formatted(engine);
  }

  /// fio must see a change of one word.
  private static final String CONTROL =
      """
      host store fio-psync 1052672 1
      fio --eta=never --output=/tmp/fio --name=control --filename=/mnt/fio-psync --rw=read --bs=64k \
        --size=4m --verify=crc32c --verify_fatal=1 2> /tmp/error && no 'fio does not look'
      grep -q 'verify failed at file /mnt/fio-psync offset 1048576' /tmp/error \
        || { cat /tmp/error; no 'fio has another reason to fail'; }
      """;

  private void run(String name, Door door, String mount) throws Exception {
    GuestPrograms programs = TestVm.programs();
    StringBuilder script = new StringBuilder(SAME + mount + " /mnt || no mount\n");
    for (String engine : ENGINES) {
      script.append(script(engine));
    }
    script.append(CONTROL);
    script.append(
        """
        host unchanged || no 'another file was changed'
        host sound || no 'the server complained'
        umount /mnt || no umount
        """);
    GuestSpec spec = spec("fio-" + name, script.toString(), new HostWords(volume, door), door);
    for (String engine : ENGINES) {
      spec = spec.file("/run/fio-" + engine, jobs(engine));
    }
    GuestResult result = pass(programs.add(spec, "fio").timeLimit(LIMIT).memoryMiB(MEMORY_MIB));
    result.console().lines().filter(l -> l.startsWith("fio ")).forEach(System.out::println);
    for (String engine : ENGINES) {
      FileInode file = (FileInode) volume.volume().namespace().find("fio-" + engine);
      assertTrue(file != null && file.isCommitted(), engine);
      assertTrue(file.sizeBytes() == 4L * MIB && file.extents().rangeCount() == 1, engine);
    }
    assertTrue(volume.check().clean());
  }

  @Test
  void throughRequests() throws Exception {
    run("plain", volume.door("plain", 2, 0), "mount -t virtiofs plain");
  }

  @Test
  void throughAWindowThatIsSmallerThanTheFile() throws Exception {
    run("window", volume.door("window", 2, WINDOW_BYTES), "mount -t virtiofs -o dax window");
  }
}

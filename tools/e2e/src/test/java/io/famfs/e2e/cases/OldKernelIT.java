package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.e2e.Guest;
import io.famfs.e2e.GuestMachine;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestRun;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.TestVm;
import io.famfs.e2e.VmImage;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A guest with a kernel of 2022: what newer kernels negotiate is not there, and nothing else is
/// missing.
class OldKernelIT extends GuestCase {
  private static final long WINDOW_BYTES = 16 * ByteSize.MIB;
  private static final int OPERATIONS = 1000;

  private static VmImage old;

  @BeforeAll
  static void obtainOldKernel() throws Exception {
    old = TestVm.image(GuestMachine.X86_64_LINUX_6_1);
  }

  private static String churn(long seed) {
    return "gtest churn /mnt/scratch.bin 16m 8m %d %d || no churn\n".formatted(seed, OPERATIONS);
  }

  private static String grow(long seed) {
    return "gtest grow /mnt %d 3 %d || no grow\n".formatted(seed, OPERATIONS / 6);
  }

  private static final String USED =
      """
      case $(uname -r) in 6.1.*) ;; *) no "this is $(uname -r)" ;; esac
      MOUNT || no mount
      F=/mnt/scratch.bin
      listed
      summed
      host store scratch.bin 4096 1122334455667788 || no 'host store'
      for how in mmap write direct; do
        gtest fill $F 0 4m 42 $how && host holds scratch.bin 0 4194304 42 || no "fill $how"
        for by in mmap read direct; do gtest check $F 0 4m 42 $by || no "check $how by $by"; done
        host store scratch.bin 0 1
      done
      mkdir /mnt/made && echo new > /mnt/made/file || no 'a new file'
      [ "$(cat /mnt/made/file)" = new ] || no 'what is in the new file'
      gtest past /mnt/sizes/4097 || no 'no SIGBUS behind the end'
      """;

  private static final String END =
      """
      host unchanged || no 'another file was changed'
      host sound || no 'the server complained'
      umount /mnt || no umount
      """;

  private void pass(String name, Door door, String script) throws Exception {
    GuestSpec spec = spec("old-" + name, script, new HostWords(volume, door), door);
    try (GuestRun run = Guest.start(old, spec)) {
      GuestResult result = run.await();
      System.out.printf("[case] %s: %.1f s%n", spec.console().getFileName(), result.seconds());
      assertTrue(result.passed(), result::summary);
    }
    assertTrue(volume.isUnchanged());
  }

  /// Without `grow`, which often stands still here: the server has nothing to answer, and the guest
  /// has nothing to do.
  @Test
  void itMapsFilesThroughAWindow() throws Exception {
    long seed = new SplittableRandom().nextInt(1 << 30);
    Door door = volume.door("data", 1, WINDOW_BYTES);
    pass(
        "window",
        door,
        USED.replace("MOUNT", "mount -t virtiofs -o dax data /mnt")
            + """
            gtest dax $F || no 'not dax'
            host some SETUPMAPPING && host never READ || no 'data were copied'
            """
            + churn(seed)
            + END);
  }

  @Test
  void itCopiesWithoutAWindow() throws Exception {
    long seed = new SplittableRandom().nextInt(1 << 30);
    Door door = volume.door("plain", 2, 0);
    pass(
        "plain",
        door,
        USED.replace("MOUNT", "mount -t virtiofs plain /mnt")
            + "host some READ WRITE && host never SETUPMAPPING || no 'mapped without asking'\n"
            + churn(seed)
            + grow(seed)
            + END);
  }
}

package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.core.ByteSize;
import io.famfs.e2e.HookResult;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A guest that starts again without saying good-bye.
class RebootIT extends GuestCase {
  /// Holds all files at once, so that the reader at work during the reset has no range mapped anew:
  /// a map that is under way when the machine is reset ends QEMU 11.1.
  private static final long WINDOW_BYTES = 256 * ByteSize.MIB;

  @Test
  void aRebootWithLiveMapsDropsThemAndTheNextBootMountsAgain() throws Exception {
    Door door = volume.door("data", 1, WINDOW_BYTES);
    AtomicInteger boots = new AtomicInteger();
    String script =
        """
        boot=$(host boot)
        host live none || no "maps at boot $boot"
        mount -t virtiofs -o dax data /mnt || no "mount $boot"
        F=/mnt/scratch.bin
        [ $boot = 1 ] || gtest check $F 0 8m $((boot - 1)) mmap || no 'what the last boot wrote'
        gtest fill $F 0 8m $boot mmap && host holds scratch.bin 0 8388608 $boot || no fill
        summed
        host live some || no 'no maps'
        [ $boot = 2 ] && { umount /mnt; exit 0; }
        gtest check $F 0 8m $boot mmap || no check
        while :; do gtest check $F 0 8m $boot mmap; done &
        host never DESTROY || no 'said good-bye'
        reboot -n -f
        sleep 100
        """;
    HostWords words =
        new HostWords(volume, door)
            .word("boot", _ -> HookResult.ok(boots.incrementAndGet() + "\n"));
    pass(spec("reboot", script, words, door).reboots(true));
    assertEquals(2, boots.get());
  }
}

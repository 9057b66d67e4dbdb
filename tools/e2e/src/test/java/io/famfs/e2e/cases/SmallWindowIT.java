package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import org.junit.jupiter.api.Test;

/// A window that is smaller than what is looked at through it.
class SmallWindowIT extends GuestCase {
  private static final long WINDOW_BYTES = 8 * ByteSize.MIB;

  @Test
  void aWindowSmallerThanTheWorkingSetShowsTheRightBytes() throws Exception {
    Door door = volume.door("data", 2, WINDOW_BYTES);
    String script =
        """
        mount -t virtiofs -o dax data /mnt || no mount
        F=/mnt/scratch.bin
        gtest fill $F 0 32m 9 mmap && host holds scratch.bin 0 33554432 9 || no fill
        jobs=
        (gtest check $F 0 32m 9 mmap && gtest check $F 0 16m 9 read) & jobs="$jobs $!"
        (gtest check $F 16m 16m 9 direct && gtest check $F 0 32m 9 mmap) & jobs="$jobs $!"
        (summed) & jobs="$jobs $!"
        for job in $jobs; do wait $job || no "job $job"; done
        (gtest fill $F 0 16m 10 mmap) & one=$!
        (gtest fill $F 16m 16m 11 mmap) & two=$!
        wait $one && wait $two || no 'fills at once'
        host holds scratch.bin 0 16777216 10 && host holds scratch.bin 16777216 16777216 11 \\
          || no 'what the fills left'
        host never READ WRITE && host some REMOVEMAPPING || no 'requests'
        host sound || no 'the server complained'
        umount /mnt || no umount
        """;
    pass(spec("small-window", script, new HostWords(volume, door), door));
    assertTrue(volume.isUnchanged());
  }
}

package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import org.junit.jupiter.api.Test;

/// A guest that maps files through the window.
class WindowIT extends GuestCase {
  private static final long WINDOW_BYTES = 64 * ByteSize.MIB;

  @Test
  void aMountWithDaxShowsEveryFileWithoutCopyingAndCanBeMadeAgain() throws Exception {
    Door door = volume.door("data", 1, WINDOW_BYTES);
    String script =
        """
        for round in 1 2 3; do
          mount -t virtiofs -o dax data /mnt || no "mount $round"
          grep -q '^data /mnt virtiofs .*dax=always' /proc/mounts || no 'mounted without dax'
          host live none || no 'maps before the first use'
          [ $round = 1 ] && { listed; df -k /mnt | tail -n 1 > /tmp/df; }
          summed
          gtest dax /mnt/sizes/1 && gtest dax "/mnt/deep/er/and deeper/sixteen MiB" || no 'not dax'
          host live some || no 'no maps'
          umount /mnt || no "umount $round"
          host live none || no 'maps of a mount that has gone'
        done
        read -r _ total used free _ < /tmp/df
        host df $total $used $free || no "df says $total $used $free"
        host never READ WRITE || no 'data was copied'
        host some LOOKUP GETATTR OPEN RELEASE OPENDIR READDIRPLUS STATFS SETUPMAPPING DESTROY \\
          || no 'a request that was expected is missing'
        host sound || no 'the server complained'
        """;
    pass(spec("window-read", script, new HostWords(volume, door), door));
    assertTrue(volume.isUnchanged());
  }

  @Test
  void storesAndLoadsMeetInTheRegion() throws Exception {
    Door door = volume.door("data", 1, WINDOW_BYTES);
    String script =
        """
        mount -t virtiofs -o dax data /mnt || no mount
        F=/mnt/scratch.bin
        host store scratch.bin 4096 1122334455667788 || no 'host store'
        [ "$(gtest peek $F 4096)" = 0x1122334455667788 ] || no 'the store of the host'
        gtest poke $F 8192 deadbeef00c0ffee && host load scratch.bin 8192 deadbeef00c0ffee \\
          || no 'the store of the guest'
        gtest waitfor $F 16384 77 60 & seen=$!
        host store scratch.bin 16384 77; wait $seen || no 'a store under a load that waits'
        host never FSYNC || no 'an fsync nobody asked for'
        gtest poke $F 8200 1 msync || no msync
        host some FSYNC || no 'msync did not reach the server'

        gtest fill $F 0 16m 42 mmap && host holds scratch.bin 0 16777216 42 || no 'fill mmap'
        for how in mmap read direct; do gtest check $F 0 16m 42 $how || no "check $how"; done
        gtest fill $F 4194304 1m 43 write && host holds scratch.bin 4194304 1048576 43 \\
          || no 'fill write'
        gtest fill $F 10485760 4m 44 direct && host holds scratch.bin 10485760 4194304 44 \\
          || no 'fill direct'
        gtest check $F 4194304 1m 43 mmap && gtest check $F 10485760 4m 44 read || no 'mixed'

        dd if=/dev/urandom of=/tmp/random bs=1M count=1 2> /dev/null
        dd if=/tmp/random of=$F bs=1M seek=21 conv=notrunc oflag=direct 2> /dev/null || no 'dd direct'
        host sum scratch.bin 22020096 1048576 $(sha256sum < /tmp/random | cut -c -64) || no 'dd sum'
        dd if=/dev/urandom of=/tmp/odd bs=12345 count=7 2> /dev/null
        dd if=/tmp/odd of=$F bs=777 seek=31111 conv=notrunc 2> /dev/null || no 'dd odd'
        host sum scratch.bin 24173247 86415 $(sha256sum < /tmp/odd | cut -c -64) || no 'dd odd sum'
        host never READ WRITE || no 'data was copied'
        gtest past $F && gtest past /mnt/sizes/4097 || no 'no SIGBUS behind the end'
        host never READ WRITE || no 'data was copied'
        """
            + CONCURRENT
            + PAST_THE_END;
    pass(spec("window-store", script, new HostWords(volume, door), door));
    assertTrue(volume.isUnchanged());
  }

  private static final String CONCURRENT =
      """
      jobs=
      for i in 1 2 3 4; do (summed) & jobs="$jobs $!"; done
      gtest fill $F 0 8m 45 mmap & jobs="$jobs $!"
      gtest fill $F 8388608 8m 46 write & jobs="$jobs $!"
      for job in $jobs; do wait $job || no "a job of several at once"; done
      host holds scratch.bin 0 8388608 45 && host holds scratch.bin 8388608 8388608 46 \\
        || no 'fills at once'
      host never READ WRITE || no 'data was copied'
      """;

  /// A write that would make a file longer is the one thing that comes as a request.
  private static final String PAST_THE_END =
      """
      dd if=/tmp/odd of=$F bs=4096 count=1 seek=8192 conv=notrunc 2> /tmp/error && no 'grown by dd'
      grep -q 'File too large' /tmp/error || no "$(cat /tmp/error)"
      cat /mnt/sizes/4097 /tmp/odd > /tmp/longer
      dd if=/tmp/longer of=/mnt/sizes/4097 bs=8192 count=1 conv=notrunc 2> /tmp/error && no 'grown'
      grep -q 'File too large' /tmp/error || no "$(cat /tmp/error)"
      echo more >> /mnt/sizes/1 2> /tmp/error && no 'appended to'
      [ $(stat -c %s /mnt/sizes/4097) = 4097 ] && [ $(stat -c %s /mnt/sizes/1) = 1 ] || no sizes
      host some WRITE || no 'a write behind the end did not reach the server'
      host unchanged || no 'a write behind the end changed something'
      host sound || no 'the server complained'
      umount /mnt || no umount
      """;
}

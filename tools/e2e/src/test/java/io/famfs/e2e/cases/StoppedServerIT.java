package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.e2e.HookResult;
import io.famfs.e2e.HostHook;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A server that is stopped under its guests.
class StoppedServerIT extends GuestCase {
  private static final long WINDOW_BYTES = 64 * ByteSize.MIB;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  /// What is mapped when the server goes stays mapped, everything else fails at once.
  private static final String SCRIPT =
      """
      mkdir /plain
      mount -t virtiofs -o dax window /mnt && mount -t virtiofs plain /plain || no mount
      F=/mnt/scratch.bin
      gtest fill $F 0 4m 5 mmap || no fill
      gtest hold $F 4096 6 > /tmp/hold 2>&1 & holder=$!
      gtest hold /plain/scratch.bin 4096 6 > /tmp/plain-hold 2>&1 & plain_holder=$!
      exec 3< /plain/sizes/4097 4< "/mnt/deep/er/and deeper/sixteen MiB"
      loops=
      for i in 1 2 3; do
        (while sha256sum /plain/scratch.bin; do :; done) > /dev/null 2> /tmp/loop$i & loops="$loops $!"
      done
      until grep -q started /tmp/hold && grep -q started /tmp/plain-hold; do usleep 100000; done
      host stop || no 'the server does not stop'
      wait $loops
      for i in 1 2 3; do cat /tmp/loop$i; [ -s /tmp/loop$i ] || no 'a reader saw no error'; done
      for f in /plain/sizes/4096 /mnt/sizes/4096 /mnt/suid; do
        cat $f > /dev/null 2> /tmp/error && no "$f can be read"
        cat /tmp/error
      done
      dd bs=1 count=1 <&3 > /dev/null 2> /tmp/error && no 'an open file can be read'
      cat /tmp/error
      dd bs=1 count=1 <&4 > /dev/null 2> /tmp/error && no 'what is not mapped can be read'
      cat /tmp/error
      wait $holder; held=$?; cat /tmp/hold
      wait $plain_holder; plain_held=$?; cat /tmp/plain-hold
      echo "held: window $held plain $plain_held"
      [ $held = 0 ] || no 'what was mapped is gone'
      exec 3<&- 4<&-
      umount /plain || umount -l /plain; umount /mnt || umount -l /mnt
      mount -t virtiofs plain /plain
      cat /plain/sizes/1 > /dev/null 2> /tmp/error && no 'served without a server'
      cat /tmp/error
      """;

  @Test
  void guestsOfAStoppedServerGetErrorsAndNothingHangs() throws Exception {
    Door window = volume.door("window", 1, WINDOW_BYTES);
    Door plain = volume.door("plain", 2, 0);
    HostHook stop =
        _ -> {
          boolean inTime = closesInTime(plain);
          return HookResult.of(closesInTime(window) && inTime);
        };
    pass(spec("stopped", SCRIPT, new HostWords(volume, window).word("stop", stop), window, plain));
    assertTrue(volume.isUnchanged());
  }

  private static boolean closesInTime(Door door) {
    long start = System.nanoTime();
    door.close();
    Duration taken = Duration.ofNanos(System.nanoTime() - start);
    System.out.printf("[case] %s closed in %d ms%n", door.options().tag(), taken.toMillis());
    return taken.compareTo(CLOSE_LIMIT) < 0;
  }
}

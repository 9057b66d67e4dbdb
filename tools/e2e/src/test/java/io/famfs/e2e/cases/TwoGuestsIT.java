package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestResult.Reason;
import io.famfs.e2e.GuestRun;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.HookResult;
import io.famfs.e2e.HostHook;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Two guests over one volume.
class TwoGuestsIT extends GuestCase {
  private static final long WINDOW_BYTES = 64 * ByteSize.MIB;
  private static final long MEET_SECONDS = 150;

  private static final String FIRST =
      """
      mount -t virtiofs -o dax first /mnt || no mount
      F=/mnt/scratch.bin
      host meet || no 'the other one does not come'
      for round in 1 2 3 4 5; do
        gtest poke $F 0 a$round && gtest waitfor $F 4096 b$round 60 || no "round $round"
      done
      host meet
      gtest check $F 4m 4m 7 mmap && gtest check $F 8m 4m 8 read || no 'what the other one wrote'
      host never READ WRITE || no 'data were copied'
      host kill || no 'kill'
      gtest check $F 4m 4m 7 mmap && summed
      gtest fill $F 16m 4m 9 mmap && host holds scratch.bin 16777216 4194304 9 || no 'left alone'
      host unchanged && host sound || no 'the server complained'
      umount /mnt || no umount
      """;

  private static final String SECOND =
      """
      mount -t virtiofs -o dax second /mnt || no mount
      F=/mnt/scratch.bin
      host meet || no 'the other one does not come'
      for round in 1 2 3 4 5; do
        gtest waitfor $F 0 a$round 60 && gtest poke $F 4096 b$round || no "round $round"
      done
      gtest fill $F 4m 4m 7 mmap && gtest fill $F 8m 4m 8 write || no fill
      host never READ WRITE || no 'data were copied'
      host live some || no 'no maps'
      host meet
      while :; do gtest check $F 4m 4m 7 mmap; done
      """;

  @Test
  void twoGuestsSeeEachOthersStoresAndOneOutlivesTheOther() throws Exception {
    Door first = volume.door("first", 1, WINDOW_BYTES);
    Door second = volume.door("second", 1, WINDOW_BYTES);
    CyclicBarrier both = new CyclicBarrier(2);
    HostHook meet =
        _ -> {
          both.await(MEET_SECONDS, TimeUnit.SECONDS);
          return HookResult.ok();
        };
    CompletableFuture<GuestRun> other = new CompletableFuture<>();
    HostWords firstWords =
        new HostWords(volume, first)
            .word("meet", meet)
            .word("kill", _ -> HookResult.of(diesWhenKilled(other.join())));
    HostWords secondWords = new HostWords(volume, second).word("meet", meet);
    GuestSpec secondSpec = spec("two-second", SECOND, secondWords, second);
    try (GuestRun secondRun = start(secondSpec)) {
      other.complete(secondRun);
      pass(spec("two-first", FIRST, firstWords, first));
      assertEquals(Reason.DIED, secondRun.await().reason());
    }
    second.close();
    assertEquals(0, second.server().stats().liveMaps());
    assertTrue(volume.isUnchanged());
  }

  private static boolean diesWhenKilled(GuestRun run) throws Exception {
    run.kill();
    GuestResult result = run.await();
    return result.reason() == Reason.DIED;
  }
}

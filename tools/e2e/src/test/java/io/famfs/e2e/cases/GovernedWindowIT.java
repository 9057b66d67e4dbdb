package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.HookResult;
import io.famfs.fuse.famfs.DaxPolicy;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// A window that is an eighth of what is in use, in a guest that lets the server decide: what it
/// costs to map always, never, and as the governor says. All three are mounted at once and measured
/// by turns, so that what else the machine does hurts them alike.
class GovernedWindowIT extends GuestCase {
  private static final long WINDOW_BYTES = 16 * ByteSize.MIB;
  private static final int FILES = 32;
  private static final int FILE_BYTES = (int) (4 * ByteSize.MIB);
  private static final long SEED = 77;
  private static final int ROUNDS = 7;
  private static final Duration LIMIT = Duration.ofMinutes(6);
  private static final int OPENS = 100;

  /// How much slower than copying mapping has to be for the governor to matter.
  private static final double CLEARLY = 1.5;

  private static final double NOISE = 1.5;

  /// The governor looks once a second and wants to see it twice.
  private static final int WARM_UP_SECONDS = 8;

  private static final Pattern TIME = Pattern.compile("^visit (\\w+) (\\w+) (\\d+) us$");

  private static final String SCRIPT =
      """
      for tag in always never governed; do
        mkdir /mnt/$tag && mount -t virtiofs $tag /mnt/$tag || no "mount $tag"
      done
      # TAG HOW OPENS SEED
      visit() {
        said=$(gtest visit /mnt/$1/set %d 4m %d $3 4 $2 $4) || no "visit $1 $2: $said"
        [ -n "$5" ] || echo "visit $1 $2 $said us"
      }
      n=0
      for how in read mmap; do
        for tag in always never governed; do
          end=$(($(cut -d. -f1 /proc/uptime) + %d))
          while [ $(cut -d. -f1 /proc/uptime) -lt $end ]; do
            n=$((n + 1)); visit $tag $how 40 $n quiet
          done
        done
        host counting $how
        for round in %s; do
          for tag in always never governed; do n=$((n + 1)); visit $tag $how %d $n; done
        done
        host counted $how
      done
      host sound || no 'the server complained'
      umount /mnt/always /mnt/never /mnt/governed || no umount
      """
          .formatted(
              FILES,
              SEED,
              WARM_UP_SECONDS,
              "1 2 3 4 5 6 7 8 9".substring(0, 2 * ROUNDS - 1),
              OPENS);

  @Override
  long regionBytes() {
    return 304 * ByteSize.MIB;
  }

  private Door door(String tag, DaxPolicy policy) throws Exception {
    FamfsOptions options = FamfsOptions.standard().withDax(policy);
    return volume.door(new FamfsFileSystem(volume.volume(), options), tag, 1, WINDOW_BYTES);
  }

  @Test
  void theGovernorIsNotSlowerThanCopying() throws Exception {
    volume.makeSet("set", FILES, FILE_BYTES, SEED);
    Door always = door("always", new DaxPolicy.Always());
    Door never = door("never", new DaxPolicy.Never());
    Door governed = door("governed", new DaxPolicy.Governed());
    Map<String, Long> maps = new HashMap<>();
    HostWords words =
        new HostWords(volume, governed)
            .word("counting", w -> count(maps, w.get(1), -1, always, governed))
            .word("counted", w -> count(maps, w.get(1), 1, always, governed));
    GuestSpec spec = spec("governed", SCRIPT, words, always, never, governed);
    GuestResult result = pass(spec.timeLimit(LIMIT));
    Map<String, List<Long>> times = new HashMap<>();
    for (String line : result.console().lines().toList()) {
      Matcher m = TIME.matcher(line.strip());
      if (m.matches()) {
        times
            .computeIfAbsent(m.group(2) + " " + m.group(1), _ -> new ArrayList<>())
            .add(Long.parseLong(m.group(3)));
      }
    }
    for (String how : List.of("read", "mmap")) {
      double copied = best(times, how + " never");
      double mapped = best(times, how + " always") / copied;
      double decided = best(times, how + " governed") / copied;
      System.out.printf(
          "[window] %s: never 1 (%.0f ms), always %.2f, governed %.2f%n",
          how, copied / 1000, mapped, decided);
      long all = maps.getOrDefault(how + " always", 0L);
      long some = maps.getOrDefault(how + " governed", 0L);
      System.out.printf("[window] %s: ranges mapped: always %d, governed %d%n", how, all, some);
      assertTrue(all >= ROUNDS * OPENS, "the window was not too small: " + maps);
      assertTrue(some <= all / 4, "the governor lets files be mapped again and again: " + maps);
      if (isQuiet() && mapped > CLEARLY) {
        assertTrue(decided <= NOISE, how + " " + times);
      } else {
        System.out.println(
            "[window] times do not count: mapping is no loss, or the machine does other things");
      }
    }
    assertTrue(governed.fuse().stats().requests("READ") > 0, "nothing was copied");
  }

  private static HookResult count(
      Map<String, Long> maps, String how, int sign, Door always, Door governed) {
    maps.merge(how + " always", sign * mapped(always), Long::sum);
    maps.merge(how + " governed", sign * mapped(governed), Long::sum);
    return HookResult.ok();
  }

  private static long mapped(Door door) {
    return door.fuse().stats().requests("SETUPMAPPING");
  }

  /// Whether there is little to do but this guest's work.
  private static boolean isQuiet() throws IOException {
    String load = Files.readString(Path.of("/proc/loadavg"));
    return Double.parseDouble(load.substring(0, load.indexOf(' ')))
        < 2 * Runtime.getRuntime().availableProcessors();
  }

  /// What else the machine does can only make a round longer.
  private static double best(Map<String, List<Long>> times, String what) {
    List<Long> all = times.getOrDefault(what, List.of());
    assertEquals(ROUNDS, all.size(), what);
    return Collections.min(all);
  }
}

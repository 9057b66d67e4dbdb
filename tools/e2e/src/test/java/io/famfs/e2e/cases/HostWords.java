package io.famfs.e2e.cases;

import io.famfs.e2e.HookResult;
import io.famfs.e2e.HostHook;
import io.famfs.fuse.server.ServerStats;
import io.famfs.store.VolumeUsage;
import io.famfs.virtiofs.VirtioFsStats;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What scripts ask the host. Offsets and sizes are decimal, words hexadecimal.
///
/// | `host ...` | succeeds if |
/// |---|---|
/// | `holds PATH OFFSET LENGTH SEED` | the region has the pattern there |
/// | `sum PATH OFFSET LENGTH SHA256` | the bytes in the region have this sum |
/// | `load PATH OFFSET WORD` | the region has this word there |
/// | `store PATH OFFSET WORD` | always: stores it into the region |
/// | `unchanged` | all files but the scratch file are as they were made |
/// | `df TOTAL USED FREE` | these are the volume's numbers, in KiB |
/// | `mark` | always: counting starts again |
/// | `never OPCODE...` | none of them came since the mark |
/// | `some OPCODE...` | each of them came since the mark |
/// | `queues` | every queue has had a request |
/// | `live none\|some` | there are such window maps |
/// | `sound [REFUSED]` | at most so many requests, else none, were malformed; none failed by a mistake of ours or broke a ring |
final class HostWords implements HostHook {
  private final ServedVolume volume;
  private final Door door;
  private final Map<String, HostHook> more = new HashMap<>();
  private Map<String, Long> marked = Map.of();
  private @Nullable HostWords successor;

  HostWords(ServedVolume volume, Door door) {
    this.volume = volume;
    this.door = door;
  }

  /// With one more word.
  HostWords word(String name, HostHook answer) {
    more.put(name, answer);
    return this;
  }

  /// With a word after which `next` answers everything.
  HostWords then(String name, HostWords next) {
    more.put(
        name,
        _ -> {
          successor = next;
          return HookResult.ok();
        });
    return this;
  }

  @Override
  public HookResult call(List<String> words) throws Exception {
    if (successor != null) {
      return successor.call(words);
    }
    HostHook other = more.get(words.getFirst());
    if (other != null) {
      return other.call(words);
    }
    return switch (words.getFirst()) {
      case "holds" -> holds(words.get(1), number(words, 2), number(words, 3), number(words, 4));
      case "sum" -> sum(words.get(1), number(words, 2), number(words, 3), words.get(4));
      case "load" -> load(words.get(1), number(words, 2), hex(words, 3));
      case "store" -> store(words.get(1), number(words, 2), hex(words, 3));
      case "unchanged" -> check(volume.isUnchanged(), "a file has changed");
      case "df" -> df(words);
      case "mark" -> mark();
      case "never" -> counted(words.subList(1, words.size()), false);
      case "some" -> counted(words.subList(1, words.size()), true);
      case "queues" -> queues();
      case "live" -> live(words.get(1).equals("some"));
      case "sound" -> sound(words.size() > 1 ? number(words, 1) : 0);
      default -> new HookResult(127, "what is " + words + "?\n");
    };
  }

  private static long number(List<String> words, int at) {
    return Long.parseLong(words.get(at));
  }

  private static long hex(List<String> words, int at) {
    return Long.parseUnsignedLong(words.get(at), 16);
  }

  private static HookResult check(boolean good, String otherwise) {
    return good ? HookResult.ok() : HookResult.failed(otherwise);
  }

  private HookResult holds(String path, long offset, long length, long seed) {
    byte[] there = volume.bytes(path, offset, (int) length);
    int at = Arrays.mismatch(there, Pattern.bytes(seed, offset, (int) length));
    return check(at < 0, path + " in the region differs at byte " + (offset + at));
  }

  private HookResult sum(String path, long offset, long length, String sha256) {
    String there = ServedVolume.sha256(volume.bytes(path, offset, (int) length));
    return check(there.equals(sha256), path + " in the region has the sum " + there);
  }

  private HookResult load(String path, long offset, long word) {
    long there = volume.load(path, offset);
    return check(there == word, "in the region there is " + Long.toHexString(there));
  }

  private HookResult store(String path, long offset, long word) {
    volume.store(path, offset, word);
    return HookResult.ok();
  }

  private HookResult df(List<String> words) {
    VolumeUsage usage = volume.volume().usage();
    List<String> expected =
        List.of(
            Long.toString(usage.totalBytes() >> 10),
            Long.toString(usage.usedBytes() >> 10),
            Long.toString(usage.freeBytes() >> 10));
    return check(words.subList(1, words.size()).equals(expected), "it is " + expected);
  }

  private HookResult mark() {
    marked = Map.copyOf(door.fuse().stats().requests());
    return HookResult.ok();
  }

  private HookResult counted(List<String> opcodes, boolean wanted) {
    ServerStats stats = door.fuse().stats();
    for (String opcode : opcodes) {
      long count = stats.requests(opcode) - marked.getOrDefault(opcode, 0L);
      if ((count > 0) != wanted) {
        return HookResult.failed(opcode + " came " + count + " times");
      }
    }
    return HookResult.ok();
  }

  private HookResult queues() {
    VirtioFsStats stats = door.server().stats();
    List<Long> requests = stats.queueRequests();
    boolean all = requests.subList(1, requests.size()).stream().allMatch(count -> count > 0);
    return check(all, "requests per queue: " + requests);
  }

  private HookResult live(boolean some) {
    long live = door.server().stats().liveMaps();
    return check((live > 0) == some, live + " live maps");
  }

  private HookResult sound(long refused) {
    ServerStats stats = door.fuse().stats();
    VirtioFsStats virtio = door.server().stats();
    boolean good =
        stats.malformed() <= refused
            && stats.memoryFaults() == 0
            && stats.failures() == 0
            && virtio.malformedRequests() == 0
            && virtio.memoryFaults() == 0
            && virtio.brokenRings() == 0
            && virtio.windowFailures() == 0;
    return check(good, stats + "\n" + virtio);
  }
}

package io.famfs.store.crash;

import io.famfs.store.crash.StoreEvent.Finished;
import io.famfs.store.crash.StoreEvent.Stored;
import io.famfs.store.crash.StoreEvent.Word;
import io.famfs.store.crash.StoreEvent.WrittenBack;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/// Every content that the media may have when process or machine stop at any point of a record.
///
/// The model: memory is cache lines of 64 bytes. A line that was written back holds everything
/// stored before. Any other line may have reached the media by itself, or not, independently of
/// every other line; it then holds what was stored into it up to some point. The stores of one call
/// may be cut at any point and in any order of their words; words of 8 bytes are whole, and stores
/// of different calls into one line stay in order.
///
/// For every prefix of the record the states are: no pending line, all of them, each single one
/// kept and lost, pairs kept and lost, each line half stored (at every word, from both ends) with
/// no other and with all others, and random choices of a point for every line.
public final class CrashStates {
  private static final int LINE_BYTES = 64;

  /// Most lines that are looked at one by one, and most pairs of them.
  private static final int MAX_SINGLES = 48;

  private static final int MAX_PAIRS = 150;

  /// Looks at one state. What it stores into the devices is taken back afterwards.
  @FunctionalInterface
  public interface Check {
    /// Looks at one state.
    ///
    /// @param devices the media after the crash
    /// @param finished how many operations had returned before
    void check(List<UndoDevice> devices, int finished) throws Exception;
  }

  private record LineKey(int device, long line) {}

  /// A line that is not written back: what each call stored into it, in order.
  private record Line(int device, List<List<Word>> calls) {

    /// The words that are there when this many calls reached the line whole and, of the next one,
    /// those words whose bit is set.
    List<Word> version(int whole, long mask) {
      List<Word> kept = new ArrayList<>();
      calls.subList(0, whole).forEach(kept::addAll);
      if (whole < calls.size()) {
        List<Word> next = calls.get(whole);
        for (int i = 0; i < next.size(); i++) {
          if ((mask >>> i & 1) != 0) {
            kept.add(next.get(i));
          }
        }
      }
      return kept;
    }

    List<Word> all() {
      return version(calls.size(), 0);
    }

    List<Word> random(SplittableRandom random) {
      return version(random.nextInt(calls.size() + 1), random.nextLong());
    }

    /// Every version that is cut inside a call or between two.
    List<List<Word>> partial() {
      List<List<Word>> versions = new ArrayList<>();
      for (int whole = 0; whole < calls.size(); whole++) {
        int words = calls.get(whole).size();
        for (int i = 1; i <= words; i++) {
          versions.add(version(whole, (1L << i) - 1));
          versions.add(version(whole, ((1L << i) - 1) << (words - i)));
        }
      }
      return versions;
    }
  }

  private final List<UndoDevice> devices;
  private final SplittableRandom random;
  private final int randomStates;
  private final Check check;
  private final Map<LineKey, Line> pending = new LinkedHashMap<>();
  private final Set<Long> seen = new HashSet<>();
  private int finished;
  private int states;

  private CrashStates(
      List<UndoDevice> devices, SplittableRandom random, int randomStates, Check check) {
    this.devices = devices;
    this.random = random;
    this.randomStates = randomStates;
    this.check = check;
  }

  /// Looks at all states of a record.
  ///
  /// @param before what the devices held before the first event; holds what was written back at the
  ///   end when the call returns
  /// @param randomStates random choices per prefix
  /// @return number of states that were looked at, all different between two write-backs
  public static int check(
      List<MemorySegment> before,
      List<StoreEvent> record,
      SplittableRandom random,
      int randomStates,
      Check check)
      throws Exception {
    List<UndoDevice> devices = new ArrayList<>();
    for (MemorySegment memory : before) {
      devices.add(new UndoDevice(devices.size(), memory));
    }
    CrashStates states = new CrashStates(devices, random, randomStates, check);
    states.enumerate();
    for (int i = 0; i < record.size(); i++) {
      states.follow(record.get(i));
      try {
        states.enumerate();
      } catch (Exception | AssertionError e) {
        throw new AssertionError("crash after event " + i + ": " + describe(record.get(i)), e);
      }
    }
    return states.states;
  }

  private static String describe(StoreEvent event) {
    return event instanceof Stored stored
        ? "store of " + stored.lengthBytes() + " bytes at byte " + stored.offset()
        : event.toString();
  }

  private void follow(StoreEvent event) {
    switch (event) {
      case Stored stored -> {
        Map<Long, List<Word>> byLine = new LinkedHashMap<>();
        for (Word word : stored.words()) {
          byLine.computeIfAbsent(word.offset() / LINE_BYTES, _ -> new ArrayList<>()).add(word);
        }
        byLine.forEach((line, words) ->
            pending
                .computeIfAbsent(
                    new LineKey(stored.device(), line),
                    key -> new Line(key.device(), new ArrayList<>()))
                .calls()
                .add(words));
      }
      case WrittenBack range -> {
        long first = range.offset() / LINE_BYTES;
        long last = (range.offset() + range.lengthBytes() - 1) / LINE_BYTES;
        pending
            .entrySet()
            .removeIf(entry -> {
              LineKey key = entry.getKey();
              boolean inside =
                  key.device() == range.device() && key.line() >= first && key.line() <= last;
              if (inside) {
                apply(entry.getValue(), entry.getValue().all());
              }
              return inside;
            });
        devices.forEach(UndoDevice::keep);
        seen.clear();
      }
      case Finished _ -> {
        finished++;
        seen.clear();
      }
    }
  }

  private void apply(Line line, List<Word> words) {
    UndoDevice device = devices.get(line.device());
    words.forEach(word -> device.storeLong(word.offset(), word.value()));
  }

  private void enumerate() throws Exception {
    List<Line> lines = List.copyOf(pending.values());
    Choice none = new Choice(lines, false);
    Choice all = new Choice(lines, true);
    look(none);
    look(all);
    List<Integer> singles = some(lines.size());
    for (int i : singles) {
      look(none.with(i, lines.get(i).all()));
      look(all.with(i, List.of()));
      for (List<Word> version : lines.get(i).partial()) {
        look(none.with(i, version));
        look(all.with(i, version));
      }
    }
    pairs(lines, singles, none, all);
    for (int round = 0; round < randomStates && !lines.isEmpty(); round++) {
      look(new Choice(lines, lines.stream().map(line -> line.random(random)).toList()));
    }
  }

  private void pairs(List<Line> lines, List<Integer> singles, Choice none, Choice all)
      throws Exception {
    int pairs = 0;
    for (int a : singles) {
      for (int b : singles) {
        if (a < b && pairs++ < MAX_PAIRS) {
          look(none.with(a, lines.get(a).all()).with(b, lines.get(b).all()));
          look(all.with(a, List.of()).with(b, List.of()));
        }
      }
    }
  }

  /// All indexes, or as many random ones as are looked at.
  private List<Integer> some(int count) {
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < count && i < MAX_SINGLES; i++) {
      indexes.add(count <= MAX_SINGLES ? i : random.nextInt(count));
    }
    return indexes;
  }

  /// What each pending line holds.
  private record Choice(List<Line> lines, List<List<Word>> versions) {
    Choice(List<Line> lines, boolean everything) {
      this(lines, lines.stream().map(line -> everything ? line.all() : List.<Word>of()).toList());
    }

    Choice with(int index, List<Word> version) {
      List<List<Word>> changed = new ArrayList<>(versions);
      changed.set(index, version);
      return new Choice(lines, changed);
    }
  }

  private void look(Choice choice) throws Exception {
    for (int i = 0; i < choice.lines().size(); i++) {
      apply(choice.lines().get(i), choice.versions().get(i));
    }
    try {
      if (seen.add(fingerprint(choice))) {
        states++;
        check.check(devices, finished);
      }
    } finally {
      devices.forEach(UndoDevice::undo);
    }
  }

  /// A number that differs between different contents of the pending lines.
  private long fingerprint(Choice choice) {
    long sum = 0;
    for (int i = 0; i < choice.lines().size(); i++) {
      Line line = choice.lines().get(i);
      MemorySegment memory = devices.get(line.device()).memory();
      for (List<Word> call : line.calls()) {
        for (Word word : call) {
          long mixed = word.offset() * 0x9E3779B97F4A7C15L + line.device();
          mixed = (mixed ^ memory.get(RecordingDevice.WORD, word.offset())) * 0xBF58476D1CE4E5B9L;
          sum += (mixed ^ mixed >>> 31) * 0x94D049BB133111EBL;
        }
      }
    }
    return sum;
  }
}

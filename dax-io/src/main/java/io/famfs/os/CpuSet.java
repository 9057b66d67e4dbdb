package io.famfs.os;

import io.famfs.os.libc.Scheduling;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.stream.Collectors;

/// Processors that threads may run on (`sched_setaffinity(2)`). Immutable.
public final class CpuSet {
  /// Processors of a mask: what Linux was ever built for.
  private static final int MAX_CPUS = 8192;

  private static final int MASK_BYTES = MAX_CPUS / Byte.SIZE;

  private final BitSet cpus;

  private CpuSet(BitSet cpus) {
    this.cpus = cpus;
  }

  /// Numbers and ranges as `taskset --cpu-list` takes them: `0,4-7`.
  ///
  /// @throws IllegalArgumentException with what is wrong
  public static CpuSet parse(String list) {
    BitSet cpus = new BitSet();
    for (String item : list.split(",", -1)) {
      String[] ends = item.strip().split("-", -1);
      int first = number(ends[0], list);
      int last = ends.length == 1 ? first : number(ends[1], list);
      if (ends.length > 2 || last < first) {
        throw new IllegalArgumentException("no list of processors like 0,4-7: '" + list + "'");
      }
      cpus.set(first, last + 1);
    }
    return new CpuSet(cpus);
  }

  private static int number(String text, String list) {
    int value;
    try {
      value = Integer.parseInt(text);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException("no list of processors like 0,4-7: '" + list + "'");
    }
    if (value < 0 || value >= MAX_CPUS) {
      throw new IllegalArgumentException(
          "processor " + value + ": they are numbered 0 to " + (MAX_CPUS - 1));
    }
    return value;
  }

  /// Those the calling thread may run on.
  public static CpuSet ofThisThread() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
      int result = Scheduling.getAffinity(MASK_BYTES, mask.address());
      ErrnoException.check(result, "ask for the processors of", "this thread");
      return new CpuSet(BitSet.valueOf(mask.toArray(ValueLayout.JAVA_BYTE)));
    }
  }

  /// Lets the calling thread run on these only, as far as they are there.
  ///
  /// @throws ErrnoException `EINVAL` when none of them is there
  public void bindThisThread() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
      byte[] bytes = cpus.toByteArray();
      MemorySegment.copy(bytes, 0, mask, ValueLayout.JAVA_BYTE, 0, bytes.length);
      int result = Scheduling.setAffinity(MASK_BYTES, mask.address());
      ErrnoException.check(result, "run on processors", this);
    }
  }

  /// How many.
  public int count() {
    return cpus.cardinality();
  }

  /// One of them: the `index`-th, beginning again behind the last.
  public CpuSet one(int index) {
    int[] all = cpus.stream().toArray();
    BitSet single = new BitSet();
    single.set(all[Math.floorMod(index, all.length)]);
    return new CpuSet(single);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CpuSet set && set.cpus.equals(cpus);
  }

  @Override
  public int hashCode() {
    return cpus.hashCode();
  }

  /// The numbers, with commas.
  @Override
  public String toString() {
    return cpus.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
  }
}

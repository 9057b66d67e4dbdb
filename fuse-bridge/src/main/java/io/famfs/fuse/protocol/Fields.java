package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// The scalar fields of a structure in their order: which bytes belong together for a peer of the
/// other byte order, and what they are called in a trace.
///
/// A structure class has one as `FIELDS`; the table of operations says which of them a request and
/// its reply begin with.
public final class Fields {
  /// A structure without fields.
  public static final Fields NONE = of("");

  private final List<String> names;
  private final List<FieldKind> kinds;
  private final int[] offsets;
  private final int[] widths;
  private final int bytes;
  private final int openFlags;

  private Fields(
      List<String> names, List<FieldKind> kinds, int[] widths, int openFlags, int textBytes) {
    this.names = Collections.unmodifiableList(names);
    this.kinds = Collections.unmodifiableList(kinds);
    this.widths = widths;
    this.openFlags = openFlags;
    offsets = new int[widths.length];
    int at = 0;
    for (int i = 0; i < widths.length; i++) {
      offsets[i] = at;
      at += widths[i];
    }
    bytes = at + textBytes;
  }

  /// Fields without padding between them.
  ///
  /// @param list names, widths in bytes (1, 2, 4 or 8) and, where the name alone does not tell what
  ///   the number stands for, a [FieldKind], such as `"fh:8 lk_flags:4:lock unused:4"`
  /// @throws IllegalArgumentException for another width
  static Fields of(String list) {
    String[] items = list.isEmpty() ? new String[0] : list.split(" ", -1);
    List<String> names = new ArrayList<>();
    List<FieldKind> kinds = new ArrayList<>();
    int[] widths = new int[items.length];
    for (int i = 0; i < items.length; i++) {
      String[] parts = items[i].split(":", -1);
      names.add(parts[0]);
      widths[i] = Integer.parseInt(parts[1]);
      kinds.add(
          parts.length < 3
              ? FieldKind.ofName(parts[0])
              : FieldKind.valueOf(parts[2].toUpperCase(Locale.ROOT)));
      if (Integer.bitCount(widths[i]) != 1 || widths[i] > Long.BYTES) {
        throw new IllegalArgumentException("width of " + items[i]);
      }
    }
    return new Fields(names, kinds, widths, -1, 0);
  }

  /// These fields and directly behind them those of another structure.
  public Fields then(Fields next) {
    List<String> all = new ArrayList<>(names);
    all.addAll(next.names);
    List<FieldKind> allKinds = new ArrayList<>(kinds);
    allKinds.addAll(next.kinds);
    int[] both = new int[widths.length + next.widths.length];
    System.arraycopy(widths, 0, both, 0, widths.length);
    System.arraycopy(next.widths, 0, both, widths.length, next.widths.length);
    return new Fields(all, allKinds, both, openFlags, next.textBytes());
  }

  /// The same fields, of which one of 4 bytes holds flags of open(2).
  Fields openFlags(String name) {
    List<FieldKind> shown = new ArrayList<>(kinds);
    shown.set(names.indexOf(name), FieldKind.OPEN);
    return new Fields(names, shown, widths, offsets[names.indexOf(name)], textBytes());
  }

  /// These fields and behind them a text of a fixed width, which has no byte order and counts only
  /// for the size of the structure.
  Fields text(int textBytes) {
    return new Fields(names, kinds, widths, openFlags, textBytes);
  }

  private int textBytes() {
    int last = widths.length - 1;
    return last < 0 ? bytes : bytes - offsets[last] - widths[last];
  }

  /// Where the flags of open(2) are in the structure; -1 when it has none.
  public int openFlagsOffset() {
    return openFlags;
  }

  /// Size of the structure.
  public int bytes() {
    return bytes;
  }

  /// How many fields there are.
  public int count() {
    return widths.length;
  }

  /// What a field is called in `linux/fuse.h`.
  public String name(int index) {
    return names.get(index);
  }

  /// What a field holds.
  public FieldKind kind(int index) {
    return kinds.get(index);
  }

  /// The value of a field, zero-extended.
  ///
  /// @param at where the structure begins in the message
  public long value(int index, MemorySegment message, long at) {
    long field = at + offsets[index];
    return switch (widths[index]) {
      case Byte.BYTES -> message.get(ValueLayout.JAVA_BYTE, field) & 0xffL;
      case Short.BYTES -> message.get(Wire.SHORT, field) & 0xffffL;
      case Integer.BYTES -> Integer.toUnsignedLong(message.get(Wire.INT, field));
      default -> message.get(Wire.LONG, field);
    };
  }

  /// Where a field begins in the structure.
  public int offset(int index) {
    return offsets[index];
  }

  /// Width of a field: 1, 2, 4 or 8 bytes.
  public int width(int index) {
    return widths[index];
  }

  /// Reverses the bytes of every field that is whole, in place. Allocates nothing.
  ///
  /// @param at where the structure begins in the message
  /// @param limit end of the valid part of the message
  public void reverse(MemorySegment message, long at, long limit) {
    for (int i = 0; i < widths.length; i++) {
      long field = at + offsets[i];
      int width = widths[i];
      if (field + width > limit) {
        return;
      }
      switch (width) {
        case Short.BYTES ->
            message.set(Wire.SHORT, field, Short.reverseBytes(message.get(Wire.SHORT, field)));
        case Integer.BYTES ->
            message.set(Wire.INT, field, Integer.reverseBytes(message.get(Wire.INT, field)));
        case Long.BYTES ->
            message.set(Wire.LONG, field, Long.reverseBytes(message.get(Wire.LONG, field)));
        default -> {
          // One byte has no order.
        }
      }
    }
  }
}

package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Reply to INIT (`struct fuse_init_out`).
///
/// ```text
/// offset size  field                meaning
///      0    4  major                protocol major version of the server
///      4    4  minor                minor version in use
///      8    4  max_readahead        most bytes the peer may read ahead
///     12    4  flags                accepted features, bits 0 to 31
///     16    2  max_background       background requests the peer may have in flight
///     18    2  congestion_threshold background requests from which the peer counts as congested
///     20    4  max_write            most payload bytes of one WRITE
///     24    4  time_gran            granularity of times in nanoseconds
///     28    2  max_pages            most pages of one READ or WRITE
///     30    2  map_alignment        binary logarithm of the granularity of window mappings
///     32    4  flags2               accepted features, bits 32 to 63
///     36    4  max_stack_depth      stacking depth for passthrough, not used
///     40    2  request_timeout      seconds after which the peer gives up, 0 for never
///     42   22  unused
/// ```
///
/// `at` is where the structure begins in the message.
public final class InitOut {
  /// Size of the structure.
  public static final int BYTES = 64;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of(
          "major:4 minor:4 max_readahead:4 flags:4:init max_background:2 "
              + "congestion_threshold:2 max_write:4 time_gran:4 max_pages:2 map_alignment:2 "
              + "flags2:4:init2 max_stack_depth:4 request_timeout:2 unused:2 unused:2 unused:2 "
              + "unused:2 unused:2 unused:2 unused:2 unused:2 unused:2 unused:2 unused:2");

  private static final int MAJOR = 0;
  private static final int MINOR = 4;
  private static final int MAX_READAHEAD = 8;
  private static final int FLAGS = 12;
  private static final int MAX_BACKGROUND = 16;
  private static final int CONGESTION_THRESHOLD = 18;
  private static final int MAX_WRITE = 20;
  private static final int TIME_GRAN = 24;
  private static final int MAX_PAGES = 28;
  private static final int MAP_ALIGNMENT = 30;
  private static final int FLAGS2 = 32;
  private static final int MAX_STACK_DEPTH = 36;
  private static final int REQUEST_TIMEOUT = 40;

  private InitOut() {}

  /// Protocol major version of the server.
  public static int major(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MAJOR);
  }

  /// Writes: protocol major version of the server.
  public static void major(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MAJOR, value);
  }

  /// Minor version in use.
  public static int minor(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MINOR);
  }

  /// Writes: minor version in use.
  public static void minor(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MINOR, value);
  }

  /// Most bytes the peer may read ahead.
  public static int maxReadahead(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MAX_READAHEAD);
  }

  /// Writes: most bytes the peer may read ahead.
  public static void maxReadahead(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MAX_READAHEAD, value);
  }

  /// Accepted features, bits 0 to 31.
  public static int flags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FLAGS);
  }

  /// Writes: accepted features, bits 0 to 31.
  public static void flags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + FLAGS, value);
  }

  /// Background requests the peer may have in flight.
  public static short maxBackground(MemorySegment message, long at) {
    return message.get(Wire.SHORT, at + MAX_BACKGROUND);
  }

  /// Writes: background requests the peer may have in flight.
  public static void maxBackground(MemorySegment message, long at, short value) {
    message.set(Wire.SHORT, at + MAX_BACKGROUND, value);
  }

  /// Background requests from which the peer counts as congested.
  public static short congestionThreshold(MemorySegment message, long at) {
    return message.get(Wire.SHORT, at + CONGESTION_THRESHOLD);
  }

  /// Writes: background requests from which the peer counts as congested.
  public static void congestionThreshold(MemorySegment message, long at, short value) {
    message.set(Wire.SHORT, at + CONGESTION_THRESHOLD, value);
  }

  /// Most payload bytes of one WRITE.
  public static int maxWrite(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MAX_WRITE);
  }

  /// Writes: most payload bytes of one WRITE.
  public static void maxWrite(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MAX_WRITE, value);
  }

  /// Granularity of times in nanoseconds.
  public static int timeGran(MemorySegment message, long at) {
    return message.get(Wire.INT, at + TIME_GRAN);
  }

  /// Writes: granularity of times in nanoseconds.
  public static void timeGran(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + TIME_GRAN, value);
  }

  /// Most pages of one READ or WRITE.
  public static short maxPages(MemorySegment message, long at) {
    return message.get(Wire.SHORT, at + MAX_PAGES);
  }

  /// Writes: most pages of one READ or WRITE.
  public static void maxPages(MemorySegment message, long at, short value) {
    message.set(Wire.SHORT, at + MAX_PAGES, value);
  }

  /// Binary logarithm of the granularity of window mappings.
  public static short mapAlignment(MemorySegment message, long at) {
    return message.get(Wire.SHORT, at + MAP_ALIGNMENT);
  }

  /// Writes: binary logarithm of the granularity of window mappings.
  public static void mapAlignment(MemorySegment message, long at, short value) {
    message.set(Wire.SHORT, at + MAP_ALIGNMENT, value);
  }

  /// Accepted features, bits 32 to 63.
  public static int flags2(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FLAGS2);
  }

  /// Writes: accepted features, bits 32 to 63.
  public static void flags2(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + FLAGS2, value);
  }

  /// Stacking depth for passthrough, not used.
  public static int maxStackDepth(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MAX_STACK_DEPTH);
  }

  /// Writes: stacking depth for passthrough, not used.
  public static void maxStackDepth(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MAX_STACK_DEPTH, value);
  }

  /// Seconds after which the peer gives up, 0 for never.
  public static short requestTimeout(MemorySegment message, long at) {
    return message.get(Wire.SHORT, at + REQUEST_TIMEOUT);
  }

  /// Writes: seconds after which the peer gives up, 0 for never.
  public static void requestTimeout(MemorySegment message, long at, short value) {
    message.set(Wire.SHORT, at + REQUEST_TIMEOUT, value);
  }
}

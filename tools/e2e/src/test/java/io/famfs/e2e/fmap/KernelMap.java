package io.famfs.e2e.fmap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// A map as a kernel takes it: checked as each generation checks it, and nothing else checked.
/// Knows the messages from their description alone.
final class KernelMap {
  private static final int EIO = 5;
  private static final int EINVAL = 22;
  private static final int ERANGE = 34;
  private static final int HEADER = 32;
  private static final int ENTRY = 24;
  private static final int SIMPLE = 0;
  private static final int INTERLEAVED = 1;

  final long fileBytes;
  private final Generation generation;
  private final List<Piece> pieces = new ArrayList<>();
  private boolean uniform;

  /// Part of the file that is on one or several runs of devices.
  private record Piece(long bytes, long chunkBytes, List<Run> runs) {}

  /// Where a byte is.
  ///
  /// @param device index of the device
  /// @param offset on that device
  /// @param bytes how far the run goes on
  record Run(int device, long offset, long bytes) {}

  private KernelMap(Generation generation, long fileBytes) {
    this.generation = generation;
    this.fileBytes = fileBytes;
  }

  /// Takes the body of a reply to GET_FMAP.
  ///
  /// @throws Refused with what the program that opens the file gets
  static KernelMap take(Generation generation, byte[] body) throws Refused {
    if (generation == Generation.G10 && body.length > Generation.FIRST_ROOM) {
      // Such a reply is refused while the server writes it.
      throw new Refused(EIO, "a reply of " + body.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    if (body.length < HEADER) {
      throw new Refused(generation == Generation.G10 ? EINVAL : EIO, "no header");
    }
    int type = in.getInt(4);
    long count = Integer.toUnsignedLong(in.getInt(8));
    require(
        type == SIMPLE || (type == INTERLEAVED && generation != Generation.G11), "type " + type);
    if (count == 0 || count > generation.maxExtents) {
      throw new Refused(ERANGE, count + " extents");
    }
    KernelMap map = new KernelMap(generation, in.getLong(16));
    map.requireSize(map.fileBytes, "size");
    in.position(HEADER);
    long mapped = 0;
    for (long i = 0; i < count; i++) {
      mapped = map.add(mapped, type == SIMPLE ? map.takeExtent(in) : map.takeStrips(in));
    }
    require(
        Long.compareUnsigned(mapped, map.fileBytes) >= 0,
        "only " + mapped + " bytes of " + map.fileBytes);
    map.uniform = type == SIMPLE && map.equalPowersOfTwo();
    return map;
  }

  private long takeExtent(ByteBuffer in) throws Refused {
    Run run = takeRun(in);
    pieces.add(new Piece(run.bytes, 0, List.of(run)));
    return run.bytes;
  }

  /// @return what it counts for the size of the file
  private long takeStrips(ByteBuffer in) throws Refused {
    require(in.remaining() >= ENTRY, "cut");
    long strips = Integer.toUnsignedLong(in.getInt());
    long chunk = Integer.toUnsignedLong(in.getInt());
    long bytes = in.getLong();
    in.getLong();
    require(strips > 0 && strips <= Generation.MAX_STRIPS, strips + " strips");
    require(generation.allowsChunk(chunk), "chunk of " + chunk);
    require(bytes != 0, "no bytes");
    requireSize(bytes, "bytes");
    List<Run> runs = new ArrayList<>();
    long sum = 0;
    for (int i = 0; i < strips; i++) {
      Run run = takeRun(in);
      runs.add(run);
      sum = add(sum, run.bytes);
      if (generation == Generation.G12) {
        require(stripNeeds(bytes, chunk, strips, i) <= run.bytes, "strip " + i + " is too short");
      }
    }
    pieces.add(new Piece(bytes, chunk, runs));
    // The oldest generation adds up the strips and believes what nbytes says.
    return generation == Generation.G10 ? sum : bytes;
  }

  /// Bytes of a strip up to the last one that a byte of the file lands on, found chunk by chunk.
  private static long stripNeeds(long bytes, long chunk, long strips, long strip) {
    long lastChunk = (bytes - 1) / chunk;
    long mine = lastChunk - Math.floorMod(lastChunk - strip, strips);
    if (mine < 0) {
      return 0;
    }
    long inChunk = Math.min(chunk, bytes - mine * chunk);
    return mine / strips * chunk + inChunk;
  }

  private Run takeRun(ByteBuffer in) throws Refused {
    require(in.remaining() >= ENTRY, "cut");
    long device = Integer.toUnsignedLong(in.getInt());
    in.getInt();
    long offset = in.getLong();
    long bytes = in.getLong();
    require(generation.allowsDevice(device), "device " + device);
    requireSize(offset, "offset");
    requireSize(bytes, "length");
    require(offset % generation.alignment == 0, "offset " + offset);
    require(bytes % generation.alignment == 0, "length " + bytes);
    add(offset, bytes);
    return new Run((int) device, offset, bytes);
  }

  /// Sums wrap around, but in the newest generation, which looks.
  private long add(long a, long b) throws Refused {
    require(generation != Generation.G12 || b <= Long.MAX_VALUE - a, "too large a sum");
    return a + b;
  }

  /// Only the newest generation minds how large a number is.
  private void requireSize(long bytes, String what) throws Refused {
    require(generation != Generation.G12 || bytes >= 0, what + " too large");
  }

  private static void require(boolean holds, String otherwise) throws Refused {
    if (!holds) {
      throw new Refused(EINVAL, otherwise);
    }
  }

  /// Every device the map names.
  List<Integer> devices() {
    return pieces.stream().flatMap(p -> p.runs.stream()).map(Run::device).distinct().toList();
  }

  /// Whether an offset is found without walking.
  boolean uniform() {
    return uniform;
  }

  /// Whether all extents but the last are one power of two, and the last is not larger.
  private boolean equalPowersOfTwo() {
    long first = pieces.getFirst().bytes;
    for (int i = 0; i < pieces.size() - 1; i++) {
      if (pieces.get(i).bytes != first || Long.bitCount(first) != 1) {
        return false;
      }
    }
    return pieces.getLast().bytes <= first;
  }

  int pieceCount() {
    return pieces.size();
  }

  /// Where a byte of the file is.
  ///
  /// @throws Refused EIO when the map does not reach it
  Run resolve(long fileOffset) throws Refused {
    if (generation.pushed && uniform && pieces.size() > 1) {
      long each = pieces.getFirst().bytes;
      int at = (int) Math.min(pieces.size() - 1, fileOffset / each);
      return inRun(pieces.get(at).runs.getFirst(), fileOffset - at * each);
    }
    long rest = fileOffset;
    for (Piece piece : pieces) {
      long bytes =
          generation == Generation.G10 && piece.chunkBytes > 0
              ? Math.min(piece.bytes, fileBytes)
              : piece.bytes;
      if (rest < bytes) {
        return piece.chunkBytes == 0 ? inRun(piece.runs.getFirst(), rest) : inStrips(piece, rest);
      }
      rest -= bytes;
    }
    throw new Refused(EIO, "nothing at " + fileOffset);
  }

  private static Run inRun(Run run, long at) throws Refused {
    if (at >= run.bytes) {
      throw new Refused(EIO, "nothing at " + at + " of " + run);
    }
    return new Run(run.device, run.offset + at, run.bytes - at);
  }

  private static Run inStrips(Piece piece, long at) {
    long chunk = at / piece.chunkBytes;
    long row = chunk / piece.runs.size();
    Run strip = piece.runs.get((int) (chunk % piece.runs.size()));
    long inChunk = at % piece.chunkBytes;
    return new Run(
        strip.device, strip.offset + row * piece.chunkBytes + inChunk, piece.chunkBytes - inChunk);
  }
}

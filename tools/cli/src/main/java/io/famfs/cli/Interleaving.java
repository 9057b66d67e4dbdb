package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.store.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say how the space of new files is laid out. What is said on the command line
/// replaces the file of defaults as a whole.
final class Interleaving {
  private static final String VARIABLE = "FAMFS_ALLOC_CFG";
  private static final long DEFAULT_CHUNK_BYTES = 2 * ByteSize.MIB;

  @Option(
      names = {"-N", "--nstrips"},
      paramLabel = "N",
      description = "Lay new files out over N strips, 1 to 16 (default: in one piece).")
  private @Nullable Integer strips;

  @Option(
      names = {"-C", "--chunksize"},
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "With -N: bytes in a strip before the next one continues (default: 2M).")
  private @Nullable Long chunkBytes;

  @Option(
      names = {"-B", "--nbuckets"},
      paramLabel = "N",
      description =
          "With -N: strips in N equal parts of the device, of 1G or more"
              + " (default: one strip per device).")
  private @Nullable Integer buckets;

  @Option(
      names = "--placement-seed",
      paramLabel = "SEED",
      description = "Try parts or devices in the order of this seed (default: in a random one).")
  private @Nullable Long seed;

  @Option(
      names = "--alloc-cfg",
      paramLabel = "FILE",
      description = "Defaults for -N, -C and -B in YAML (default: $FAMFS_ALLOC_CFG, or none).")
  private @Nullable Path defaults;

  /// How new files of one command are laid out, one after the other.
  @FunctionalInterface
  interface Layouts {
    Placement next();
  }

  /// The layouts for the files of a command. Each tries parts or devices in another order, so that
  /// files spread; with a seed the n-th file of every such command does it in the same one.
  Layouts layouts() throws IOException {
    AllocConfig config = config();
    if (config == null) {
      return Placement::contiguous;
    }
    long first = seed == null ? ThreadLocalRandom.current().nextLong() : seed;
    return new Layouts() {
      private long next = first;

      @Override
      public Placement next() {
        return Placement.interleaved(
            config.chunkBytes(), config.strips(), config.buckets(), next++);
      }
    };
  }

  private @Nullable AllocConfig config() throws IOException {
    if (strips != null) {
      return new AllocConfig(
          chunkBytes == null ? DEFAULT_CHUNK_BYTES : chunkBytes,
          strips,
          buckets == null ? 0 : buckets);
    }
    if (chunkBytes != null || buckets != null) {
      throw CliException.misuse("-C and -B say how strips are laid out: add their number with -N");
    }
    Path file = defaults;
    String named = System.getenv(VARIABLE);
    if (file == null && named != null && !named.isEmpty()) {
      file = Path.of(named);
    }
    return file == null ? null : AllocConfig.read(file);
  }
}

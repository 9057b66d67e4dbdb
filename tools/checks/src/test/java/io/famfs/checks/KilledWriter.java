package io.famfs.checks;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentCursor;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// A program that writes to a volume until it is killed, and says on its standard output what it
/// has finished.
final class KilledWriter {
  static final UUID OWNER = UUID.fromString("59c2fdce-7db2-415f-bbfa-54ddb84d8138");

  static final long FILE_BYTES = 3 << 20;

  /// Every so many entries are a directory.
  static final int DIRECTORY_EVERY = 4;

  private KilledWriter() {}

  /// Writes.
  ///
  /// @param arguments `create` or `mkfs`, and the device
  public static void main(String[] arguments) throws Exception {
    try (MappedDaxDevice device = DaxDevices.open(Path.of(arguments[1]), Mode.READ_WRITE)) {
      if (arguments[0].equals("mkfs")) {
        makeVolumes(device);
      } else {
        createFiles(device);
      }
    }
  }

  @SuppressWarnings("InfiniteLoopStatement") // Ends with the process.
  private static void makeVolumes(MappedDaxDevice device) throws Exception {
    FormatOptions options = FormatOptions.ownedBy(OWNER).withForce(true);
    while (true) {
      try (Volume volume = Volume.format(List.of(device), options)) {
        volume.mkdir("made", 0755, 0, 0);
        volume.mkdir("made/again", 0755, 0, 0);
        System.out.println(volume.superblock().fsUuid());
      }
    }
  }

  private static void createFiles(MappedDaxDevice device) throws Exception {
    try (Volume volume = Volume.open(List.of(device), OpenOptions.forHost(OWNER))) {
      for (long number = volume.usage().logEntriesUsed(); ; number++) {
        String name = "n" + number;
        if (number % DIRECTORY_EVERY == 0) {
          volume.mkdir(name, 0755, 0, 0);
        } else {
          try (FileCreation file = volume.create(name, FILE_BYTES, 0644, 0, 0)) {
            ExtentCursor cursor = new ExtentCursor();
            for (long at : new long[] {0, FILE_BYTES - Long.BYTES}) {
              file.extents().resolve(at, Long.BYTES, cursor);
              volume
                  .memory(cursor.deviceIndex())
                  .set(ValueLayout.JAVA_LONG, cursor.deviceOffset(), number);
            }
            file.commit();
          }
        }
        System.out.println(name);
      }
    }
  }
}

package io.famfs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.lock.LockImage;
import io.famfs.fuse.lock.LockKind;
import io.famfs.fuse.lock.LockRange;
import io.famfs.fuse.lock.LockType;
import io.famfs.fuse.protocol.ArchitectureFamily;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What a client takes with it to another server, as bytes from anybody.
class MigrationImageTest {
  private static final MigrationImage FULL =
      new MigrationImage(
          new UUID(1, 2),
          77,
          new SessionImage(
              45,
              0x1234_0000_5678L,
              ByteOrder.BIG_ENDIAN,
              new ClientAbi(ClientAbi.Certainty.PROVEN, ArchitectureFamily.GENERIC),
              99),
          List.of(
              new MigrationImage.OpenInode(5, 6, 2),
              new MigrationImage.OpenInode(Long.MIN_VALUE, Migration.UNSETTLED, 0)),
          List.of(
              new LockImage(5, LockKind.RECORD, 8, new LockRange(0, 9), LockType.READ, 3),
              new LockImage(5, LockKind.WHOLE, 8, LockRange.ALL, LockType.WRITE, 3)),
          List.of(List.of(), List.of(4, 0x7fff), List.of(1)));

  @Test
  void everythingComesBack() throws IOException {
    assertEquals(FULL, MigrationImage.decode(FULL.encode()));
    MigrationImage empty =
        new MigrationImage(new UUID(3, 4), 0, null, List.of(), List.of(), List.of(List.of()));
    assertEquals(empty, MigrationImage.decode(empty.encode()));
  }

  @Test
  void everyTruncationAndEveryFlippedBitIsRefused() {
    byte[] image = FULL.encode();
    for (int length = 0; length < image.length; length++) {
      byte[] cut = Arrays.copyOf(image, length);
      assertThrows(IOException.class, () -> MigrationImage.decode(cut), "cut to " + length);
    }
    byte[] longer = Arrays.copyOf(image, image.length + 1);
    assertThrows(IOException.class, () -> MigrationImage.decode(longer));
    for (int bit = 0; bit < 8 * image.length; bit++) {
      byte[] flipped = image.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(IOException.class, () -> MigrationImage.decode(flipped), "bit " + bit);
    }
  }

  /// The checksum is no secret: who writes an image makes it fit.
  @Test
  void sealedNonsenseIsRefusedOrAnImageThatIsWrittenAsItWasRead() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    byte[] image = FULL.encode();
    int read = 0;
    for (int round = 0; round < 200_000; round++) {
      byte[] other = image.clone();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        int at = random.nextInt(20, other.length);
        other[at] = (byte) (random.nextBoolean() ? random.nextInt() : -random.nextInt(2));
      }
      MigrationImage.seal(other);
      MigrationImage found;
      try {
        found = MigrationImage.decode(other);
      } catch (IOException e) {
        continue;
      }
      read++;
      String what = "seed " + seed + " round " + round;
      byte[] again = found.encode();
      assertEquals(other.length, again.length, what);
      if (found.session() != null) {
        assertArrayEquals(other, again, what);
      }
    }
    assertTrue(read > 0, "seed " + seed);
  }
}

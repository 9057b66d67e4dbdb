package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountTableTest {
  private static final List<String> LINES =
      List.of(
          "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
          "40 22 0:50 / /mnt/a rw,nosuid,nodev - fuse.famfs /dev/dax0.0 rw,user_id=0",
          "41 22 0:51 / /mnt/with\\040blank ro,nosuid shared:7 master:3 - fuse.famfs /dev/sh\\134m rw",
          "42 40 0:52 / /mnt/a/below rwx,nodev - fuse.famfs /dev/dax1.0 rw",
          "43 22 0:53 / /mnt/other rw - fuse.sshfs host: rw",
          "a line that is none",
          "44 22 - fuse.famfs");

  private final List<MountTable.Entry> mounts = MountTable.parse(LINES);

  @Test
  void onlyFamfsMountsAreListed() {
    assertEquals(
        List.of(Path.of("/mnt/a"), Path.of("/mnt/with blank"), Path.of("/mnt/a/below")),
        mounts.stream().map(MountTable.Entry::directory).toList());
  }

  @Test
  void escapesOptionsAndOptionalFieldsAreRead() {
    MountTable.Entry entry = mounts.get(1);
    assertTrue(entry.readOnly());
    assertEquals(Path.of("/dev/sh\\m"), entry.device());
    assertFalse(mounts.get(0).readOnly());
    assertFalse(mounts.get(2).readOnly());
  }

  @Test
  void theDeepestMountHoldsAPath() {
    assertEquals(Optional.of(mounts.get(2)), MountTable.holding(mounts, Path.of("/mnt/a/below/x")));
    assertEquals(Optional.of(mounts.get(0)), MountTable.holding(mounts, Path.of("/mnt/a/belowx")));
    assertEquals(Optional.of(mounts.get(0)), MountTable.holding(mounts, Path.of("/mnt/a")));
    assertEquals(Optional.empty(), MountTable.holding(mounts, Path.of("/mnt/ab")));
    assertEquals(Optional.empty(), MountTable.holding(mounts, Path.of("/mnt/a/../b")));
  }

  @Test
  void aLaterMountCoversAnEarlierOneOfTheSameDirectory() {
    List<MountTable.Entry> twice =
        MountTable.parse(List.of(LINES.get(1), LINES.get(1).replace("/dev/dax0.0", "/dev/dax9.0")));
    assertEquals(
        Path.of("/dev/dax9.0"),
        MountTable.holding(twice, Path.of("/mnt/a/f")).orElseThrow().device());
  }

  @Test
  void linksAreFollowedAsFarAsThePathExists(@TempDir Path directory) throws IOException {
    Path real = Files.createDirectory(directory.resolve("real")).toRealPath();
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    assertEquals(real.resolve("not/there"), MountTable.followed(link.resolve("not/there")));
    assertEquals(real, MountTable.followed(link));
  }

  @Test
  void theTableOfThisHostCanBeRead() {
    assertTrue(MountTable.read().stream().allMatch(entry -> entry.directory().isAbsolute()));
  }
}

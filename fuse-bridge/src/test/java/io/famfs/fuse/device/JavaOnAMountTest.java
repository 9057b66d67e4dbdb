package io.famfs.fuse.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.famfs.core.ByteSize;
import io.famfs.core.DaxDevice;
import io.famfs.dax.DaxDevices;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A program of the JVM makes files on a mount as anywhere.
@Timeout(120)
class JavaOnAMountTest {
  private static final UUID HOST = new UUID(3, 4);
  private static final long DEVICE_BYTES = 256 * ByteSize.MIB;

  @TempDir Path place;
  private Path mounted;
  private DaxDevice device;
  private Volume volume;
  private FuseMount mount;

  @BeforeEach
  void mount() throws IOException {
    Mountable.assume(place);
    mounted = Mountable.directory(place, "mounted");
    device = DaxDevices.memfd("tools", DEVICE_BYTES);
    volume = Volume.format(List.of(device), FormatOptions.ownedBy(HOST));
    mount =
        FuseMount.mount(
            MountOptions.at(mounted, "tools"),
            new FuseServer(new FamfsFileSystem(volume, FamfsOptions.standard())));
  }

  @AfterEach
  void unmount() {
    if (mount != null) {
      mount.close();
      volume.close();
      device.close();
    }
  }

  /// The file when it is in the log, which a kernel asks for behind the back of close(2).
  private FileInode committed(String path) {
    Inode inode = volume.namespace().find(path);
    assertNotNull(inode, path);
    FileInode file = (FileInode) inode;
    while (!file.isCommitted()) {
      Thread.onSpinWait();
    }
    return file;
  }

  @Test
  void javaWritesFiles() throws Exception {
    Path file = mounted.resolve("java");
    Files.writeString(file, "text");
    assertEquals("text", Files.readString(file));
    Files.createDirectories(mounted.resolve("a/b"));
    Files.copy(file, mounted.resolve("a/b/copy"));
    assertEquals(4, Files.size(mounted.resolve("a/b/copy")));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertEquals(0640, committed("java").mode());
    try (FileChannel channel =
        FileChannel.open(
            mounted.resolve("channel"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.READ)) {
      channel.write(ByteBuffer.wrap(new byte[100]), 1 << 20);
      channel.truncate(1000);
      assertEquals(1000, channel.size());
      channel.force(true);
    }
    try (Volume other = Volume.open(List.of(device), OpenOptions.forHost(new UUID(8, 8)))) {
      Inode inLog = other.namespace().find("channel");
      assertNotNull(inLog);
      assertEquals(1000, inLog.sizeBytes());
    }
  }

  @Test
  void whatIsOpenWhenTheMountEndsIsInTheLog() throws Exception {
    Files.writeString(mounted.resolve("closed"), "closed\n");
    mount.close();
    volume.close();
    try (Volume other = Volume.open(List.of(device), OpenOptions.forHost(new UUID(8, 8)))) {
      Inode closed = other.namespace().find("closed");
      assertNotNull(closed);
      assertEquals(7, closed.sizeBytes());
    }
  }
}

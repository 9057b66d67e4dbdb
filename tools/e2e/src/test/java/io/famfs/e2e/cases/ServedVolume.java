package io.famfs.e2e.cases;

import io.famfs.core.ByteSize;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseFileSystem;
import io.famfs.store.CheckReport;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import io.famfs.store.VolumeCheck;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A volume in a region of shared memory, with a tree of known content, and the doors it is served
/// through. What it says of a file's bytes it takes from the region itself, past the server.
final class ServedVolume implements AutoCloseable {
  /// A file of zeros for stores, as long as the window.
  static final String SCRATCH = "scratch.bin";

  static final int SCRATCH_BYTES = (int) (32 * ByteSize.MIB);

  /// A file of 16 MiB.
  static final String LARGE = "deep/er/and deeper/sixteen MiB";

  static final long REGION_BYTES = 128 * ByteSize.MIB;
  private static final int MIB_2 = (int) (2 * ByteSize.MIB);
  private static final int MANY = 150;
  private static final VarHandle WORD =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private final Path directory;
  private final MappedDaxDevice device;
  private final Volume volume;
  private final List<TreeFile> tree = new ArrayList<>();
  private final List<Door> doors = new ArrayList<>();

  /// Makes the region and fills it; the tree takes 70 MiB.
  ServedVolume(long regionBytes) throws IOException {
    directory = Files.createTempDirectory(shared(), "famfs-cases-");
    device = DaxDevices.createFile(directory.resolve("region"), regionBytes);
    volume = Volume.format(List.of(device), FormatOptions.ownedBy(UUID.randomUUID()));
    for (TreeFile file : plan()) {
      make(file);
    }
    try (FileCreation scratch = volume.create(SCRATCH, SCRATCH_BYTES, 0666, 0, 0)) {
      scratch.commit();
    }
  }

  private static @Nullable Path shared() {
    Path shm = Path.of("/dev/shm");
    return Files.isWritable(shm) ? shm : Path.of(System.getProperty("java.io.tmpdir"));
  }

  private static List<TreeFile> plan() {
    List<TreeFile> plan = new ArrayList<>();
    plan.add(TreeFile.directory("sizes").mode(0750).owner(0, 7));
    for (int size : new int[] {1, 4095, 4096, 4097, MIB_2 - 1, MIB_2, MIB_2 + 1}) {
      plan.add(TreeFile.file("sizes/" + size, size));
    }
    plan.add(TreeFile.directory("deep"));
    plan.add(TreeFile.directory("deep/er").mode(0700).owner(1000, 1001));
    plan.add(TreeFile.directory("deep/er/and deeper"));
    plan.add(TreeFile.file(LARGE, 8 * MIB_2).mode(0600).owner(1000, 1001));
    plan.add(TreeFile.file(" a  name with spaces ", 12345).mode(0755));
    plan.add(TreeFile.file("h\u00e9llo w\u00f6rld \u65e5\u672c \ud83d\udc1f", 777).mode(0400));
    plan.add(TreeFile.file("suid", 100).mode(04755).owner(65534, 4_000_000));
    plan.add(TreeFile.directory("many"));
    for (int i = 0; i < MANY; i++) {
      plan.add(TreeFile.directory("many/directory number " + i).mode(i & 0777));
    }
    return plan;
  }

  private void make(TreeFile file) throws IOException {
    tree.add(file);
    if (file.isDirectory()) {
      volume.mkdir(file.path(), file.mode(), file.uid(), file.gid());
      return;
    }
    try (FileCreation creation =
        volume.create(file.path(), file.sizeBytes(), file.mode(), file.uid(), file.gid())) {
      copyIn(volume, creation.extents(), file.content());
      creation.commit();
    }
  }

  /// Makes files `0`, `1` and so on in a new directory, all with the pattern of one seed.
  void makeSet(String path, int count, int sizeBytes, long seed) throws IOException {
    volume.mkdir(path, 0755, 0, 0);
    byte[] content = Pattern.bytes(seed, 0, sizeBytes);
    for (int i = 0; i < count; i++) {
      try (FileCreation creation = volume.create(path + "/" + i, sizeBytes, 0644, 0, 0)) {
        copyIn(volume, creation.extents(), content);
        creation.commit();
      }
    }
  }

  /// Copies the content of a file into its extents.
  static void copyIn(Volume volume, ExtentMap extents, byte[] content) {
    ExtentCursor cursor = new ExtentCursor();
    for (long done = 0; done < content.length; done += cursor.runBytes()) {
      extents.resolve(done, content.length - done, cursor);
      MemorySegment.copy(
          MemorySegment.ofArray(content),
          done,
          volume.memory(cursor.deviceIndex()),
          cursor.deviceOffset(),
          cursor.runBytes());
    }
  }

  /// A new door, open.
  Door door(String tag, int requestQueues, long windowBytes) throws IOException {
    return door(files(), tag, requestQueues, windowBytes);
  }

  /// The file system as it is served.
  FuseFileSystem files() {
    return new FamfsFileSystem(volume, FamfsOptions.standard());
  }

  /// A new door to a file system that stands before this volume's.
  Door door(FuseFileSystem files, String tag, int requestQueues, long windowBytes)
      throws IOException {
    Door door = Door.open(files, device, directory, tag, requestQueues, windowBytes);
    doors.add(door);
    return door;
  }

  Volume volume() {
    return volume;
  }

  /// Checks what is on the media.
  CheckReport check() {
    return VolumeCheck.check(List.of(device));
  }

  /// For `sha256sum -c` in the mount.
  String sums() {
    return tree.stream()
        .filter(file -> !file.isDirectory())
        .map(file -> sha256(file.content()) + "  " + file.path() + "\n")
        .collect(Collectors.joining());
  }

  /// Everything in the mount, as [TreeFile#status()] has it, in no order.
  String statuses() {
    TreeFile scratch = TreeFile.file(SCRATCH, SCRATCH_BYTES).mode(0666);
    return tree.stream().map(TreeFile::status).collect(Collectors.joining("\n"))
        + "\n"
        + scratch.status()
        + "\n";
  }

  /// Whether every file but the scratch file has the content it was made with.
  boolean isUnchanged() {
    return tree.stream()
        .filter(file -> !file.isDirectory())
        .allMatch(file -> Arrays.equals(file.content(), bytes(file.path(), 0, file.sizeBytes())));
  }

  /// Bytes of a file, out of the region.
  byte[] bytes(String path, long offset, int length) {
    byte[] all = new byte[length];
    ExtentCursor cursor = new ExtentCursor();
    for (int done = 0; done < length; done += (int) cursor.runBytes()) {
      extents(path).resolve(offset + done, length - done, cursor);
      MemorySegment.copy(
          volume.memory(cursor.deviceIndex()),
          ValueLayout.JAVA_BYTE,
          cursor.deviceOffset(),
          all,
          done,
          (int) cursor.runBytes());
    }
    return all;
  }

  /// Loads a word of a file from the region; the offset is a multiple of 8.
  long load(String path, long offset) {
    ExtentCursor cursor = at(path, offset);
    return (long) WORD.getAcquire(volume.memory(cursor.deviceIndex()), cursor.deviceOffset());
  }

  /// Stores a word of a file into the region; the offset is a multiple of 8.
  void store(String path, long offset, long word) {
    ExtentCursor cursor = at(path, offset);
    WORD.setRelease(volume.memory(cursor.deviceIndex()), cursor.deviceOffset(), word);
  }

  private ExtentCursor at(String path, long offset) {
    ExtentCursor cursor = new ExtentCursor();
    extents(path).resolve(offset, Long.BYTES, cursor);
    return cursor;
  }

  private ExtentMap extents(String path) {
    if (volume.namespace().find(path) instanceof FileInode file) {
      return file.extents();
    }
    throw new IllegalArgumentException("no file " + path);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    doors.forEach(Door::close);
    volume.close();
    device.close();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}

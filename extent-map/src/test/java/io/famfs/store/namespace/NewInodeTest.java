package io.famfs.store.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.store.extent.ExtentMap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Files that come and go before they are in the log.
class NewInodeTest {
  private static final long UNIT = 2L << 20;
  private static final int NAMES = 300;
  private static final int ROUNDS = 200_000;
  private static final int READERS = 2;
  private static final Inode.Attributes NEW = new Inode.Attributes(0644, 1, 1, -1);

  private final NamespaceWriter writer = new NamespaceWriter(new UUID(1, 2));
  private final Namespace namespace = writer.namespace();
  private final DirectoryInode directory =
      writer.addDirectory(namespace.root(), bytes("d"), new Inode.Attributes(0755, 0, 0, 0));

  private FileInode make(String name) {
    EntryPath path = new EntryPath(bytes("d/" + name));
    FileInode made = writer.makeFile(directory, path, NEW, new FileContent(0, units(1)));
    writer.publish(made, path);
    return made;
  }

  private static ExtentMap units(long count) {
    return ExtentMap.compile(new Fmap.Simple(List.of(new DeviceRange(0, 0, count * UNIT))));
  }

  private @Nullable Inode find(String name) {
    return namespace.lookup(directory, bytes(name));
  }

  @Test
  void tablesAgreeWithAModel() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, FileInode> model = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      String name = "f" + random.nextInt(NAMES);
      String about = "round " + round + ", seed " + seed;
      FileInode known = model.get(name);
      assertSame(known, find(name), about);
      if (known == null) {
        FileInode made = make(name);
        model.put(name, made);
        assertSame(made, find(name), about);
        assertSame(made, namespace.inode(made.nodeid()), about);
      } else {
        assertSame(known, namespace.inode(known.nodeid()), about);
        writer.remove(known);
        model.remove(name);
        assertNull(find(name), about);
        assertNull(namespace.inode(known.nodeid()), about);
      }
    }
    assertEquals(new HashSet<>(model.values()), new HashSet<>(directory.children()));
    assertTrue(directory.childCount() <= NAMES, directory.childCount() + " positions");
    for (FileInode file : model.values()) {
      assertSame(file, find(new String(file.name(), StandardCharsets.UTF_8)));
    }
  }

  @Test
  void aChildStaysAtItsPositionWhateverGoes() {
    List<FileInode> files = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      files.add(make("f" + i));
    }
    writer.remove(files.get(3));
    writer.remove(files.get(9));
    writer.remove(files.get(0));
    assertEquals(10, directory.childCount());
    assertNull(directory.child(0));
    assertNull(directory.child(3));
    assertSame(files.get(4), directory.child(4));
    FileInode filler = make("g");
    assertSame(filler, directory.child(0));
    assertEquals(10, directory.childCount());
    assertEquals(8, directory.children().size());
  }

  @Test
  void numbersThatANewFileDecidesAreKnown() {
    FileInode first = make("f");
    // Another path with the same hash cannot be made on purpose: the path itself is one.
    assertTrue(writer.dependsOnNewFile(bytes("d/f")));
    assertNotEquals(first.nodeid(), writer.nextNodeid(bytes("d/f")));
    NamespaceWriter.setCommitted(first, 1);
    assertTrue(!writer.dependsOnNewFile(bytes("d/f")));
    assertTrue(first.isCommitted());
  }

  /// One thread makes, grows and removes files; others find each either complete or not at all.
  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void readersSeeWholeFilesOrNone() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    long seed = new SplittableRandom().nextLong();
    List<Future<Long>> readers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
      for (int i = 0; i < READERS; i++) {
        SplittableRandom random = new SplittableRandom(seed + i);
        readers.add(threads.submit(() -> read(random, done)));
      }
      try {
        change(new SplittableRandom(seed));
      } finally {
        done.set(true);
      }
      for (Future<Long> reader : readers) {
        assertTrue(reader.get() > 0, "nothing was seen, seed " + seed);
      }
    }
  }

  private void change(SplittableRandom random) {
    Map<String, FileInode> made = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      String name = "f" + random.nextInt(NAMES);
      FileInode known = made.get(name);
      if (known == null) {
        made.put(name, make(name));
      } else if (known.sizeBytes() < 4 * UNIT) {
        long units = known.extents().mappedBytes() / UNIT + 1;
        NamespaceWriter.setExtents(known, units(units));
        NamespaceWriter.setSize(known, units * UNIT - 1);
      } else {
        writer.remove(known);
        made.remove(name);
      }
    }
  }

  private long read(SplittableRandom random, AtomicBoolean done) {
    long seen = 0;
    while (!done.get()) {
      String name = "f" + random.nextInt(NAMES);
      seen += check(find(name), name);
      int position = directory.childCount() - 1;
      Inode child = position < 0 ? null : directory.child(random.nextInt(position + 1));
      seen += check(child, null);
    }
    return seen;
  }

  private int check(@Nullable Inode found, @Nullable String name) {
    if (!(found instanceof FileInode file)) {
      return 0;
    }
    long size = file.sizeBytes();
    assertTrue(size <= file.extents().mappedBytes());
    assertSame(directory, file.parent());
    if (name != null) {
      assertEquals("d/" + name, file.path());
    }
    Inode again = namespace.inode(file.nodeid());
    if (again != null && again != file) {
      // Removed and made once more meanwhile.
      assertEquals(file.path(), again.path());
    }
    assertNotNull(file.extents());
    return 1;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

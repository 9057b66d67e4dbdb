package io.famfs.store;

import static io.famfs.store.MediaEditor.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConcurrentReaderTest {
  private static final int DIRECTORIES = 1_500;
  private static final int READERS = 3;

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void readersSeeOnlyCompleteInodesWhileTheWriterAppends() throws Exception {
    Volume volume = MediaEditor.fresh(48).open();
    readWhileWriting(volume, volume);
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void readersSeeOnlyCompleteInodesWhileAVolumeFollowsAnother() throws Exception {
    MediaEditor media = MediaEditor.fresh(48);
    try (Volume followed =
            Volume.open(List.of(media.device().readOnly()), OpenOptions.forReading());
        Following _ = followed.follow(new FollowListener() {})) {
      readWhileWriting(media.open(), followed);
    }
  }

  private static void readWhileWriting(Volume volume, Volume seen) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    List<Future<Long>> readers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
      for (int i = 0; i < READERS; i++) {
        readers.add(threads.submit(() -> read(seen.namespace(), done)));
      }
      try {
        DirectoryInode nested = volume.mkdir("nested", 0755, 0, 0);
        for (int i = 0; i < DIRECTORIES; i++) {
          volume.mkdir(i % 2 == 0 ? "d" + i : "nested/d" + i, 0755, i, i);
          if (i % 100 == 0) {
            try (FileCreation file = volume.create("f" + i, UNIT, 0644, i, i)) {
              file.commit();
            }
          }
        }
        assertEquals(DIRECTORIES / 2, nested.childCount());
        seen.refresh();
      } finally {
        done.set(true);
      }
      for (Future<Long> reader : readers) {
        assertEquals(DIRECTORIES + 15 + 1, reader.get());
      }
    }
  }

  /// Reads everything again and again; returns how many inodes the last round saw.
  private static long read(Namespace namespace, AtomicBoolean done) {
    while (true) {
      boolean last = done.get();
      long seen = check(namespace, namespace.root());
      if (last) {
        return seen;
      }
    }
  }

  private static long check(Namespace namespace, DirectoryInode directory) {
    ExtentCursor cursor = new ExtentCursor();
    int count = directory.childCount();
    long seen = count;
    for (int i = 0; i < count; i++) {
      Inode child = directory.child(i);
      assertNotNull(child);
      assertSame(directory, child.parent());
      assertSame(child, namespace.inode(child.nodeid()));
      assertSame(child, namespace.lookup(directory, child.name()));
      assertEquals(child.uid(), child.gid());
      if (child instanceof DirectoryInode below) {
        seen += check(namespace, below);
      } else if (child instanceof FileInode file) {
        assertEquals(true, file.extents().resolve(0, UNIT, cursor));
        assertEquals(UNIT, cursor.runBytes());
      }
    }
    return seen;
  }
}

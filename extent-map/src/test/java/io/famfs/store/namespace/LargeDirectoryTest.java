package io.famfs.store.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.store.extent.ExtentMap;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LargeDirectoryTest {
  private static final int CHILDREN = 1_000_000;

  /// Quarters of the work take the same time, but for the growth of tables; a step that goes
  /// through the directory would make the last one much slower.
  private static final double SAME_TIME = 8;

  @Test
  void aDirectoryCanHaveAMillionChildren() {
    NamespaceWriter writer = new NamespaceWriter(new UUID(1, 2));
    Namespace namespace = writer.namespace();
    Inode.Attributes attributes = new Inode.Attributes(0755, 0, 0, 0);
    DirectoryInode directory =
        writer.addDirectory(namespace.root(), bytes("directory"), attributes);
    FileContent content =
        new FileContent(1, ExtentMap.compile(new Fmap.Simple(List.of(new DeviceRange(0, 0, 1)))));
    long[] nanos = new long[4];
    for (int quarter = 0; quarter < nanos.length; quarter++) {
      long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      int first = quarter * (CHILDREN / nanos.length);
      for (int i = first; i < first + CHILDREN / nanos.length; i++) {
        EntryPath path = new EntryPath(bytes("directory/" + i));
        DirectoryInode parent = writer.parent(path);
        assertSame(directory, parent);
        assertNotNull(writer.addFile(directory, path, attributes, content));
      }
      nanos[quarter] = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
    }
    assertEquals(CHILDREN, directory.childCount());
    for (int i = 0; i < CHILDREN; i++) {
      Inode child = directory.child(i);
      assertNotNull(child);
      assertSame(child, namespace.lookup(directory, bytes(Integer.toString(i))));
      assertSame(child, namespace.inode(child.nodeid()));
    }
    assertNull(namespace.lookup(directory, bytes(Integer.toString(CHILDREN))));
    assertNull(writer.addFile(directory, new EntryPath(bytes("directory/7")), attributes, content));
    assertTrue(nanos[3] < SAME_TIME * nanos[1], nanos[3] + " and " + nanos[1]);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

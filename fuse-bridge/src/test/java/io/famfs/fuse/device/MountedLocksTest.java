package io.famfs.fuse.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.TestVolume;
import io.famfs.fuse.server.FuseServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Locks of processes through two mounts of one server: flock(1), and fcntl(2) by way of Python.
@Timeout(60)
class MountedLocksTest {
  @TempDir Path place;

  private TestVolume test;
  private FuseServer server;
  private FuseMount here;
  private FuseMount there;

  @BeforeEach
  void mount() throws IOException {
    Mountable.assume(place);
    LockingProcess.assumePython();
    test = TestVolume.inMemory();
    server = new FuseServer(new FamfsFileSystem(test.volume(), FamfsOptions.standard()));
    here = FuseMount.mount(MountOptions.at(Mountable.directory(place, "a"), "locks"), server);
    there = FuseMount.mount(MountOptions.at(Mountable.directory(place, "b"), "locks"), server);
  }

  @AfterEach
  void unmount() {
    if (there != null) {
      here.close();
      there.close();
      test.close();
    }
  }

  private Path hello(FuseMount mount) {
    return mount.directory().resolve("hello");
  }

  private void awaitWaiting(int count) {
    while (server.waitingForLocks() != count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void flockHoldsAcrossMountsAndThoseWhoWaitGetItNext() throws Exception {
    try (LockingProcess holder = LockingProcess.flock(hello(here))) {
      holder.requireLine("have");
      assertEquals(1, LockingProcess.tryFlock(hello(here)));
      assertEquals(1, LockingProcess.tryFlock(hello(there)));
      try (LockingProcess waiter = LockingProcess.flock(hello(there))) {
        awaitWaiting(1);
        assertEquals(5, here.directory().resolve("hello").toFile().length(), "others go on");
        holder.finish();
        waiter.requireLine("have");
        assertEquals(0, server.waitingForLocks());
      }
    }
    // The kernel tells of the last close when the program has gone on already.
    try (LockingProcess last = LockingProcess.flock(hello(here))) {
      last.requireLine("have");
    }
  }

  @Test
  void aProcessThatWaitsCanBeInterrupted() throws Exception {
    try (LockingProcess holder = LockingProcess.flock(hello(here))) {
      holder.requireLine("have");
      try (LockingProcess waiter = LockingProcess.flock(hello(there))) {
        awaitWaiting(1);
        waiter.signal("INT");
        assertEquals(128 + 2, waiter.exitCode());
      }
      awaitWaiting(0);
      try (LockingProcess third = LockingProcess.record(hello(there), "0", "10")) {
        third.requireLine("have");
      }
      assertTrue(holder.isAlive());
    }
  }

  @Test
  void recordLocksHoldAcrossMountsAndGoWithTheProcess() throws Exception {
    try (LockingProcess holder = LockingProcess.record(hello(here), "0", "10")) {
      holder.requireLine("have");
      String pid = Long.toString(holder.pid());
      assertEquals("1 0 10 " + pid, LockingProcess.query(hello(here), "5", "100"));
      assertEquals("1 0 10 0", LockingProcess.query(hello(there), "5", "100"));
      assertEquals("2", LockingProcess.query(hello(there), "10", "100").substring(0, 1));
      try (LockingProcess waiter = LockingProcess.record(hello(there), "9", "1");
          LockingProcess other = LockingProcess.record(hello(there), "10", "1")) {
        other.requireLine("have");
        awaitWaiting(1);
        holder.signal("KILL");
        waiter.requireLine("have");
        waiter.finish();
        assertNull(waiter.line());
      }
    }
  }
}

package io.famfs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.TestVolume;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.Notification;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What one client is told, byte by byte, by a channel that holds it up.
@Timeout(60)
class SessionNoticesTest {
  private TestVolume test;
  private FamfsFileSystem files;
  private final Notices changes = new Notices();
  private final HeldChannel channel = new HeldChannel();
  private final List<SessionNotices> started = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    test = TestVolume.inMemory();
    files = new FamfsFileSystem(test.volume(), FamfsOptions.standard());
  }

  private Client start(int minor, long flags, ByteOrder order) {
    Client client = new Client(null, new ClientView(false, null, Identities.same()));
    Connection connection = new Connection(minor, flags, order, ClientAbi.UNKNOWN, client, null);
    channel.order(order);
    SessionNotices notices = new SessionNotices(connection, channel, files);
    started.add(notices);
    changes.add(notices);
    assertTrue(notices.start());
    assertEquals("INVAL_INODE 1 -1 0", channel.next());
    return client;
  }

  private Client start() {
    Client client = start(45, InitFlag.HAS_EXPIRE_ONLY.mask(), ByteOrder.LITTLE_ENDIAN);
    assertEquals("INC_EPOCH", channel.next());
    assertEquals(Client.Hearing.ALL, client.hears());
    return client;
  }

  @AfterEach
  void close() {
    channel.release();
    started.forEach(SessionNotices::close);
    test.close();
  }

  @Test
  void changesAreToldOnceEachToOthersOnly() {
    Client client = start();
    changes.attributes(7, client);
    changes.gone(new Changes.Entry(1, "own", 8), client);
    channel.hold();
    changes.attributes(9, null);
    channel.awaitHeld();
    for (int i = 0; i < 1000; i++) {
      changes.attributes(
          10 + i % 2, new Client(null, new ClientView(false, null, Identities.same())));
    }
    channel.release();
    assertEquals("INVAL_INODE 9 -1 0", channel.next());
    Set<String> both = new TreeSet<>(List.of(channel.next(), channel.next()));
    assertEquals(Set.of("INVAL_INODE 10 -1 0", "INVAL_INODE 11 -1 0"), both);
    changes.gone(new Changes.Entry(3, "näme", 12), null);
    assertEquals("INVAL_ENTRY 3 5 1 näme", channel.next());
    assertEquals("PRUNE 12", channel.next());
    assertTrue(channel.isEmpty());
  }

  @Test
  void whatIsTooMuchBecomesEverything() {
    start();
    channel.hold();
    changes.attributes(1, null);
    channel.awaitHeld();
    for (int i = 0; i < 3 * ChangedNodes.SLOTS; i++) {
      changes.attributes(1000 + i, null);
      changes.gone(new Changes.Entry(1, "n" + i, i), null);
    }
    channel.release();
    String line;
    do {
      // The round that was held up takes with it what it comes by.
      line = channel.next();
    } while (line.startsWith("INVAL_INODE"));
    assertEquals("INC_EPOCH", line);
    List<String> expected = new ArrayList<>();
    files.forEachNodeid(nodeid -> expected.add("INVAL_INODE " + nodeid + " -1 0"));
    List<String> told = new ArrayList<>();
    while (told.size() < expected.size()) {
      told.add(channel.next());
    }
    assertEquals(expected, told);
    assertEquals(1 + 5, expected.size(), "the root and what is in the volume");
  }

  @Test
  void anOlderKernelIsToldWithWhatItKnows() {
    Client client = start(31, 0, ByteOrder.LITTLE_ENDIAN);
    assertEquals(Client.Hearing.ATTRIBUTES, client.hears());
    changes.gone(new Changes.Entry(1, "x", 2), null);
    assertEquals("INVAL_ENTRY 1 1 0 x", channel.next());
    changes.attributes(5, null);
    assertEquals("INVAL_INODE 5 -1 0", channel.next());
  }

  @Test
  void aKernelWithoutPruneIsAskedOnce() {
    start();
    channel.refuse(Notification.PRUNE, Errno.EINVAL);
    changes.gone(new Changes.Entry(1, "x", 2), null);
    assertEquals("INVAL_ENTRY 1 1 1 x", channel.next());
    assertEquals("PRUNE 2", channel.next());
    changes.gone(new Changes.Entry(1, "y", 3), null);
    assertEquals("INVAL_ENTRY 1 1 1 y", channel.next());
    changes.attributes(5, null);
    assertEquals("INVAL_INODE 5 -1 0", channel.next());
  }

  @Test
  void aPeerThatHearsNothingIsNotTold() {
    Client client = new Client(null, new ClientView(false, null, Identities.same()));
    Connection connection =
        new Connection(45, 0, ByteOrder.LITTLE_ENDIAN, ClientAbi.UNKNOWN, client, null);
    channel.refuse(Notification.INVAL_INODE, Errno.ENOSYS);
    assertFalse(new SessionNotices(connection, channel, files).start());
    assertEquals(Client.Hearing.NOTHING, client.hears());
  }

  @Test
  void aPeerThatGoesDeafMustNotRememberForLong() {
    Client client = start();
    channel.refuse(Notification.INVAL_INODE, Errno.ENODEV);
    changes.attributes(5, null);
    assertNotNull(channel.next());
    while (client.hears() != Client.Hearing.NOTHING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aBigEndianPeerGetsItsOrder() {
    Client client = start(45, 0, ByteOrder.BIG_ENDIAN);
    assertEquals("INC_EPOCH", channel.next());
    assertEquals(Client.Hearing.ALL, client.hears());
    changes.gone(new Changes.Entry(3, "x", 12), null);
    assertEquals("INVAL_ENTRY 3 1 0 x", channel.next());
    assertEquals("PRUNE 12", channel.next());
  }

  @Test
  void resendIsSentByWhoeverAsks() {
    start();
    SessionNotices notices = started.getFirst();
    assertTrue(notices.resend());
    assertEquals("RESEND", channel.next());
    channel.refuse(Notification.RESEND, Errno.EINVAL);
    assertFalse(notices.resend());
  }
}

package io.famfs.store.namespace;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A file or a directory of a volume. What it is and where it stands never changes; an inode is
/// visible to readers only when it is complete. Readers take no lock, whatever changes.
///
/// A volume has millions of them: an inode keeps its attributes itself, and a file of one extent
/// takes less than 200 bytes of heap beside its name, its slots in the tables included.
public abstract sealed class Inode permits FileInode, DirectoryInode {
  /// The nodeid of the root directory.
  public static final long ROOT_NODEID = 1;

  /// The bits of a mode that a volume keeps.
  public static final int PERMISSION_BITS = 07777;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final VarHandle NAME_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final VarHandle MODE = field("mode", short.class);
  private static final VarHandle UID = field("uid", int.class);
  private static final VarHandle GID = field("gid", int.class);
  private static final VarHandle LOG_INDEX = field("logIndex", long.class);

  private final long nodeid;
  // The name lies in an array that it shares with others.
  private final byte[] names;
  private final int nameAt;
  private final byte nameLength;

  private final DirectoryInode parent;

  @SuppressWarnings("UnusedVariable") // Read through MODE.
  private short mode;

  @SuppressWarnings("UnusedVariable") // Read through UID.
  private int uid;

  @SuppressWarnings("UnusedVariable") // Read through GID.
  private int gid;

  @SuppressWarnings("UnusedVariable") // Read through LOG_INDEX.
  private long logIndex;

  private volatile long atimeNanos;
  private volatile long mtimeNanos;
  private volatile long ctimeNanos;

  /// What a log entry says about an inode besides its place.
  ///
  /// @param mode permission bits, with setuid, setgid and sticky; no others
  /// @param uid owner, unsigned in 32 bits
  /// @param gid group, unsigned in 32 bits
  /// @param logIndex slot of the entry that made it; -1 when there is none
  public record Attributes(int mode, int uid, int gid, long logIndex) {}

  @SuppressWarnings("NullAway") // The root is its own parent; only its constructor passes null.
  Inode(long nodeid, NamePool names, DirectoryInode parent, Attributes attributes) {
    this.nodeid = nodeid;
    this.names = names.chunk();
    this.nameAt = names.lastAt();
    this.nameLength = (byte) names.lastLengthBytes();
    this.parent = parent == null ? (DirectoryInode) this : parent;
    this.mode = (short) attributes.mode();
    this.uid = attributes.uid();
    this.gid = attributes.gid();
    this.logIndex = attributes.logIndex();
  }

  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(Inode.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// The identity of the file or directory: the same after a restart and on every host.
  public final long nodeid() {
    return nodeid;
  }

  /// The last component of the path; empty for the root. A copy.
  public final byte[] name() {
    return Arrays.copyOfRange(names, nameAt, nameAt + nameLength);
  }

  /// Length of the name.
  public final int nameLengthBytes() {
    return nameLength;
  }

  /// Copies the name to an offset of a segment.
  public final void copyName(MemorySegment destination, long offset) {
    MemorySegment.copy(names, nameAt, destination, ValueLayout.JAVA_BYTE, offset, nameLength);
  }

  /// The directory it stands in; the root stands in itself.
  public final DirectoryInode parent() {
    return parent;
  }

  /// Permission bits, with setuid, setgid and sticky, without file type.
  public final int mode() {
    return (short) MODE.getOpaque(this);
  }

  /// Changes the permission bits, in memory only. What a file has when it is committed goes into
  /// its log entry; whoever changes them holds the lock of its making until then.
  ///
  /// @param permissions other bits are dropped
  public final void setMode(int permissions) {
    MODE.setOpaque(this, (short) (permissions & PERMISSION_BITS));
  }

  /// Owner, unsigned in 32 bits.
  public final int uid() {
    return (int) UID.getOpaque(this);
  }

  /// Group, unsigned in 32 bits.
  public final int gid() {
    return (int) GID.getOpaque(this);
  }

  /// Changes owner and group, in memory only, as [#setMode] does.
  ///
  /// @param owner unsigned in 32 bits
  /// @param group unsigned in 32 bits
  public final void setOwner(int owner, int group) {
    UID.setOpaque(this, owner);
    GID.setOpaque(this, group);
  }

  /// The slot of the log entry that made it; -1 for the root and for a file that is still new.
  public final long logIndex() {
    return (long) LOG_INDEX.getAcquire(this);
  }

  /// Says that the entry is in the log. Whoever sees that sees what was changed before.
  final void setLogIndex(long index) {
    LOG_INDEX.setRelease(this, index);
  }

  /// Size of a file; 0 for directories.
  public abstract long sizeBytes();

  /// Time of the last access, as far as it was set: who reads does not change it. Like
  /// [#mtimeNanos()].
  public final long atimeNanos() {
    return atimeNanos;
  }

  /// Sets the time of the last access, in memory only.
  public final void setAccessTime(long nanos) {
    atimeNanos = nanos;
  }

  /// Time of the last change of content, nanoseconds since the epoch. The format keeps no times: it
  /// is 0 when the volume is opened, so that it does not differ between restarts and hosts, and
  /// follows what this host does from then on.
  public final long mtimeNanos() {
    return mtimeNanos;
  }

  /// Time of the last change of the inode, like [#mtimeNanos()].
  public final long ctimeNanos() {
    return ctimeNanos;
  }

  /// Sets the times of both changes, in memory only.
  public final void setTimes(long mtimeNanos, long ctimeNanos) {
    this.mtimeNanos = mtimeNanos;
    this.ctimeNanos = ctimeNanos;
  }

  /// The path relative to the root, without leading slash; empty for the root.
  public final String path() {
    StringBuilder path = new StringBuilder();
    for (Inode at = this; at.parent != at; at = at.parent) {
      path.insert(0, new String(at.names, at.nameAt, at.nameLength, StandardCharsets.UTF_8));
      if (at.parent.parent() != at.parent) {
        path.insert(0, '/');
      }
    }
    return path.toString();
  }

  final boolean isNamed(MemorySegment text, long offset, int lengthBytes) {
    if (lengthBytes != nameLength) {
      return false;
    }
    int i = 0;
    for (; i <= lengthBytes - Long.BYTES; i += Long.BYTES) {
      if (text.get(LONG, offset + i) != (long) NAME_LONG.get(names, nameAt + i)) {
        return false;
      }
    }
    for (; i < lengthBytes; i++) {
      if (text.get(ValueLayout.JAVA_BYTE, offset + i) != names[nameAt + i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return "/" + path() + " (nodeid " + nodeid + ")";
  }
}

package io.famfs.fuse.server;

import io.famfs.fuse.metrics.Metrics;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A file system as the server drives it: one method per request that it implements.
///
/// Every method returns the length of the body it wrote behind [Request#BODY] of [Request#out()],
/// or 0 with the data appended to the [Exchange], or a negative errno. The server has checked that
/// the arguments are whole, that a name is legal, and that a fixed-size body has room. Methods are
/// called by many workers at once.
public interface FuseFileSystem {

  /// The directory that everything is in.
  long ROOT_NODEID = 1;

  /// Says where changes are to be told from now on.
  void tell(Changes changes);

  /// How much memory it needs for what it leaves to another process.
  default long leftBytes() {
    return 0;
  }

  /// Notes from now on what another process needs to go on, and goes on with what is there. Called
  /// before any request.
  ///
  /// @param memory of [#leftBytes()], zeros for a new one; outlives this process
  default void leaveIn(MemorySegment memory) {}

  /// What clients need that go to another server; null when none can.
  default @Nullable Migration migration() {
    return null;
  }

  /// Names every inode there is.
  void forEachNodeid(LongConsumer to);

  /// Whether nothing may be changed. A connection to such a file system does not get the use of its
  /// window, since a window does not keep a guest from storing.
  boolean readOnly();

  /// Adds what this file system counts to the metrics of a server; called once by each server.
  default void register(Metrics metrics) {}

  /// A file, for whoever looks at the server; null when there is none.
  ///
  /// @param nodeid as [#nodeid] gives it
  default @Nullable FileReport file(long nodeid) {
    return null;
  }

  /// The nodeid of a path relative to the root; 0 when there is nothing.
  default long nodeid(String path) {
    return 0;
  }

  /// A directory with everything below it; null when there is no such directory.
  ///
  /// @param path relative to the root
  default @Nullable Subtree subtree(String path) {
    return null;
  }

  /// Whether the caller of a request may do what it asks for, as far as its own kernel cannot have
  /// known. Called for clients whose identities are translated ([Identities]), before the handler.
  ///
  /// @return 0 or a negative errno
  default int permit(Request request) {
    return 0;
  }

  /// The window of a session as this file system wants to use it: called at INIT, where the
  /// connection has one and it may be used.
  MappingWindow window(MappingWindow granted);

  /// Looks at the memory that a request moves, after an access to it has failed: when it was
  /// handled, or when a door sent what was appended to its reply. The request is as it was handled.
  ///
  /// @return whether some of it is bad and the request, a READ or WRITE, can be handled once more
  default boolean memoryFailed(Request request) {
    return false;
  }

  int lookup(Request request);

  int getattr(Request request);

  int setattr(Request request);

  int readlink(Request request);

  int symlink(Request request);

  int mkdir(Request request);

  int create(Request request);

  int mknod(Request request);

  int unlink(Request request);

  int rmdir(Request request);

  int rename(Request request);

  int rename2(Request request);

  int link(Request request);

  int tmpfile(Request request);

  int statx(Request request);

  int open(Request request);

  int read(Request request);

  int write(Request request);

  int flush(Request request);

  int fsync(Request request);

  int release(Request request);

  /// Whether a file can be locked.
  ///
  /// @param fh the handle the client names
  /// @return 0 or a negative errno
  int lockable(Request request, long fh);

  int fallocate(Request request);

  int lseek(Request request);

  /// The reply says in 32 bits how much was copied.
  int copyFileRange(Request request);

  /// The same with 64 bits.
  int copyFileRange64(Request request);

  int syncfs(Request request);

  int opendir(Request request);

  int readdir(Request request);

  int readdirplus(Request request);

  int releasedir(Request request);

  int fsyncdir(Request request);

  int statfs(Request request);

  int access(Request request);

  int ioctl(Request request);

  /// How many devices a client has to know so that every file can be mapped by it, as kernels that
  /// know famfs want it; 0 when some files cannot be mapped.
  int mappedDevices();

  /// The client has agreed on being told where files lie; so for [#getDaxdev].
  int getFmap(Request request);

  int getDaxdev(Request request);

  int getxattr(Request request);

  int listxattr(Request request);

  int setxattr(Request request);

  int removexattr(Request request);

  /// A client's session has ended, by DESTROY, by another INIT, or because its connection has: what
  /// is kept for it is to be let go, as if it had released every file. Called once for each
  /// connection, when its mappings are gone; requests that were under way may still be. Must not
  /// throw.
  void ended(Connection connection);

  /// The connection has a window.
  int setupMapping(Request request);
}

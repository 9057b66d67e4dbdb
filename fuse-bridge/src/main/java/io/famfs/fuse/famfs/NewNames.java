package io.famfs.fuse.famfs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.famfs.fuse.server.Request;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The name in a request, as a child that is there or as one to be made.
final class NewNames {
  /// In the mode of a directory: what is made in it gets its group, and a directory this bit too.
  static final int SET_GID = 02000;

  private NewNames() {}

  /// The child a request names, `.` and `..` included: they are asked for when a kernel exports its
  /// mount and has forgotten a directory. Null when there is none.
  static @Nullable Inode child(Namespace namespace, DirectoryInode directory, Request request) {
    MemorySegment in = request.in();
    int at = request.nameOffset();
    int length = request.nameLength();
    boolean dots = length <= 2 && in.get(JAVA_BYTE, at) == '.';
    if (dots && length == 1) {
      return directory;
    }
    if (dots && in.get(JAVA_BYTE, at + 1L) == '.') {
      return parent(directory, request);
    }
    return namespace.lookup(directory, in, at, length);
  }

  /// What is above a directory, as far up as the client gets.
  static DirectoryInode parent(DirectoryInode directory, Request request) {
    return request.view().isRoot(directory.nodeid()) ? directory : directory.parent();
  }

  /// The path of what a request wants to make; null when the name is not UTF-8, as names in the log
  /// have to be.
  static @Nullable String path(DirectoryInode parent, Request request) {
    byte[] bytes = new byte[request.nameLength()];
    MemorySegment.copy(request.in(), JAVA_BYTE, request.nameOffset(), bytes, 0, bytes.length);
    return path(parent, bytes);
  }

  /// The path of a child with a name; null when it is not UTF-8 or has a slash.
  static @Nullable String path(DirectoryInode parent, byte[] name) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
      if (text.indexOf('/') >= 0) {
        return null;
      }
      return parent.path().isEmpty() ? text : parent.path() + "/" + text;
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /// The group of what a request makes in a directory.
  static int gid(DirectoryInode parent, Request request) {
    return (parent.mode() & SET_GID) != 0 ? parent.gid() : request.gid();
  }
}

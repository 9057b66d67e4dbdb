package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.core.extent.ExtentText;
import io.famfs.fuse.protocol.GetxattrIn;
import io.famfs.fuse.protocol.GetxattrOut;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.mapping.VolumeMapper;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// GETXATTR, LISTXATTR, SETXATTR and REMOVEXATTR. Files have one attribute, which says where they
/// lie ([ExtentText]); it cannot be changed, and there are no others.
///
/// Every other answer is one of a few comparisons: programs that list directories ask for
/// attributes of security modules and for access control lists.
///
/// The attribute is not listed: `cp -a` and `mv` copy what is listed, and the copy on another file
/// system would claim to lie where it does not.
///
/// None of this is answered ENOSYS, upon which Linux would not ask again for any attribute.
final class ExtentAttribute {
  private static final MemorySegment NAME = ascii(ExtentText.ATTRIBUTE);
  private static final MemorySegment USER = ascii("user.");

  private final VolumeMapper mapper;
  private final Namespace namespace;

  ExtentAttribute(Volume volume) {
    this.mapper = VolumeMapper.open(volume);
    this.namespace = volume.namespace();
  }

  /// GETXATTR.
  ///
  /// @return the length of the body, or -ESTALE, -EOPNOTSUPP for names that do not begin with
  ///   `user.`, -ENODATA, -EACCES, -EBUSY for a file that still grows, -ERANGE when the value is
  ///   longer than the room for it
  int get(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (inode == null) {
      return -Errno.ESTALE;
    }
    if (!(inode instanceof FileInode file) || !isExtents(request)) {
      return isUser(request) ? -Errno.ENODATA : -Errno.EOPNOTSUPP;
    }
    if (!AccessCheck.mayRead(request, file)) {
      return -Errno.EACCES;
    }
    if (!file.isCommitted()) {
      return -Errno.EBUSY;
    }
    byte[] text = ExtentText.encode(mapper.list(file)).getBytes(StandardCharsets.US_ASCII);
    long room = room(request);
    if (room == 0) {
      return size(request, text.length);
    }
    if (room < text.length) {
      return -Errno.ERANGE;
    }
    if (request.bodyRoom() < text.length) {
      return -Errno.EINVAL;
    }
    MemorySegment.copy(MemorySegment.ofArray(text), 0, request.out(), Request.BODY, text.length);
    return text.length;
  }

  /// LISTXATTR: none.
  int list(Request request) {
    if (namespace.inode(request.nodeid()) == null) {
      return -Errno.ESTALE;
    }
    return room(request) == 0 ? size(request, 0) : 0;
  }

  /// SETXATTR and REMOVEXATTR.
  ///
  /// @return -ESTALE, -EPERM for the attribute there is, -EOPNOTSUPP for all others
  int change(Request request) {
    if (namespace.inode(request.nodeid()) == null) {
      return -Errno.ESTALE;
    }
    return isExtents(request) ? -Errno.EPERM : -Errno.EOPNOTSUPP;
  }

  private static long room(Request request) {
    return Integer.toUnsignedLong(GetxattrIn.size(request.in(), Request.ARGUMENTS));
  }

  private static int size(Request request, int bytes) {
    if (request.bodyRoom() < GetxattrOut.BYTES) {
      return -Errno.EINVAL;
    }
    GetxattrOut.size(request.out(), Request.BODY, bytes);
    return GetxattrOut.BYTES;
  }

  private static boolean isExtents(Request request) {
    return request.nameLength() == NAME.byteSize() && begins(request, NAME);
  }

  private static boolean isUser(Request request) {
    return request.nameLength() > USER.byteSize() && begins(request, USER);
  }

  private static boolean begins(Request request, MemorySegment text) {
    long from = request.nameOffset();
    long length = text.byteSize();
    return MemorySegment.mismatch(request.in(), from, from + length, text, 0, length) < 0;
  }

  private static MemorySegment ascii(String text) {
    return MemorySegment.ofArray(text.getBytes(StandardCharsets.US_ASCII)).asReadOnly();
  }
}

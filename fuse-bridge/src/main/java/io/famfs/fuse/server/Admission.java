package io.famfs.fuse.server;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.FieldKind;
import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.server.Subtree.Place;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// What is between a decoded request and its handler where a client has a view of its own: every
/// nodeid in the request is translated, and refused with ESTALE unless it is inside; then users and
/// groups are translated, and what their kernel cannot have checked is. Allocates nothing, takes no
/// lock.
///
/// Handles need no check of their own: each is a nodeid, and a handler takes only that of the file
/// the request is about.
///
/// | requests | nodeid |
/// |---|---|
/// | [Scope#NONE]: about the connection, or letting go of a count | not looked at |
/// | [Scope#ENDING]: letting go of a file, perhaps one that was removed | not outside |
/// | all others | inside |
final class Admission {
  /// How a request uses its nodeid.
  enum Scope {
    /// Not at all.
    NONE,
    /// It lets go of what the client has: what is gone, is gone.
    ENDING,
    /// To do something with what it names.
    USING
  }

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final Scope[] SCOPES = scopes();

  /// By opcode, where the arguments have another nodeid; -1 when they have none.
  private static final int[] OTHER_NODEID = otherNodeids();

  private Admission() {}

  /// How requests of an opcode that has a row use their nodeid.
  static Scope scope(int opcode) {
    return SCOPES[opcode];
  }

  /// Checks and translates what a request names.
  ///
  /// @return 0, -ESTALE, -EINVAL for an owner to set that has no counterpart, or what
  ///   [FuseFileSystem#permit] says
  static int admit(FuseFileSystem files, ClientView view, Request request) {
    if (view.isWhole()) {
      return 0;
    }
    Subtree subtree = view.subtree();
    int placed = subtree == null ? 0 : place(view, subtree, request);
    if (placed < 0 || view.identities().isSame()) {
      return placed;
    }
    request.actAs(view.identities());
    int owner = request.opcode() == Opcode.SETATTR ? setOwner(view.identities(), request) : 0;
    return owner < 0 || SCOPES[request.opcode()] != Scope.USING ? owner : files.permit(request);
  }

  private static int place(ClientView view, Subtree subtree, Request request) {
    Scope scope = SCOPES[request.opcode()];
    if (scope == Scope.NONE) {
      return 0;
    }
    request.nodeid(view.inward(request.nodeid()));
    Place place = subtree.place(request.nodeid());
    if (place == Place.OUTSIDE || (place == Place.NOWHERE && scope == Scope.USING)) {
      return -Errno.ESTALE;
    }
    int other = OTHER_NODEID[request.opcode()];
    return other < 0 ? 0 : admitOther(view, subtree, request.in(), Request.ARGUMENTS + other);
  }

  private static int admitOther(ClientView view, Subtree subtree, MemorySegment in, long at) {
    long nodeid = view.inward(in.get(LONG, at));
    if (subtree.place(nodeid) != Place.INSIDE) {
      return -Errno.ESTALE;
    }
    in.set(LONG, at, nodeid);
    return 0;
  }

  /// Translates the owner and the group that a SETATTR sets.
  private static int setOwner(Identities identities, Request request) {
    MemorySegment in = request.in();
    int valid = SetattrIn.valid(in, Request.ARGUMENTS);
    if ((valid & SetattrIn.VALID_UID) != 0) {
      int uid = identities.uids().outside(SetattrIn.uid(in, Request.ARGUMENTS));
      if (uid == IdMap.NONE) {
        return -Errno.EINVAL;
      }
      SetattrIn.uid(in, Request.ARGUMENTS, uid);
    }
    if ((valid & SetattrIn.VALID_GID) != 0) {
      int gid = identities.gids().outside(SetattrIn.gid(in, Request.ARGUMENTS));
      if (gid == IdMap.NONE) {
        return -Errno.EINVAL;
      }
      SetattrIn.gid(in, Request.ARGUMENTS, gid);
    }
    return 0;
  }

  private static Scope[] scopes() {
    Scope[] scopes = new Scope[OperationTable.limit()];
    Arrays.fill(scopes, Scope.USING);
    for (int opcode :
        new int[] {
          Opcode.INIT,
          Opcode.DESTROY,
          Opcode.FORGET,
          Opcode.BATCH_FORGET,
          Opcode.INTERRUPT,
          Opcode.NOTIFY_REPLY,
          Opcode.GET_DAXDEV
        }) {
      scopes[opcode] = Scope.NONE;
    }
    for (int opcode :
        new int[] {Opcode.RELEASE, Opcode.RELEASEDIR, Opcode.FLUSH, Opcode.REMOVEMAPPING}) {
      scopes[opcode] = Scope.ENDING;
    }
    return scopes;
  }

  private static int[] otherNodeids() {
    int[] offsets = new int[OperationTable.limit()];
    Arrays.fill(offsets, -1);
    for (Operation operation : OperationTable.operations()) {
      Fields fields = operation.arguments();
      for (int i = 0; i < fields.count(); i++) {
        if (fields.kind(i) == FieldKind.NODEID) {
          if (offsets[operation.opcode()] >= 0 || fields.width(i) != Long.BYTES) {
            throw new AssertionError("nodeids of " + operation.name());
          }
          offsets[operation.opcode()] = fields.offset(i);
        }
      }
    }
    return offsets;
  }
}

package io.famfs.fuse.server;

import io.famfs.fuse.protocol.ArchitectureFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What INIT agreed on, as one process notes it for the next: it is what the client goes by, not
/// what the next process would have agreed on.
record SessionImage(int minor, long flags, ByteOrder order, ClientAbi abi, long client) {
  private static final int VERSION = 1;
  static final int BYTES = 40;

  static SessionImage of(Connection agreed) {
    return new SessionImage(
        agreed.minor(), agreed.flags(), agreed.order(), agreed.abi(), agreed.client().id());
  }

  Connection connection(Client who, @Nullable MappingWindow window) {
    return new Connection(minor, flags, order, abi, who, window);
  }

  byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(VERSION)
        .putInt(minor)
        .putLong(flags)
        .putInt(order == ByteOrder.BIG_ENDIAN ? 1 : 0)
        .putInt(abi.certainty().name().hashCode())
        .putInt(abi.family().name().hashCode())
        .putInt(0)
        .putLong(client)
        .array();
  }

  /// @return null when there is no session
  /// @throws IllegalArgumentException when it is none that this program can go on with
  static @Nullable SessionImage decode(ByteBuffer from) {
    if (!from.hasRemaining()) {
      return null;
    }
    if (from.remaining() != BYTES || from.getInt() != VERSION) {
      throw new IllegalArgumentException("a session of another program cannot be gone on with");
    }
    int minor = from.getInt();
    long flags = from.getLong();
    int big = from.getInt();
    ByteOrder order = big == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ClientAbi.Certainty certainty = named(ClientAbi.Certainty.values(), from.getInt());
    ArchitectureFamily family = named(ArchitectureFamily.values(), from.getInt());
    int zero = from.getInt();
    long client = from.getLong();
    if (zero != 0 || (big & ~1) != 0 || client <= 0) {
      throw new IllegalArgumentException("a session of another program cannot be gone on with");
    }
    return new SessionImage(minor, flags, order, new ClientAbi(certainty, family), client);
  }

  /// Names are kept by their hashes: numbers of constants change from program to program.
  private static <E extends Enum<E>> E named(E[] all, int hash) {
    return Arrays.stream(all)
        .filter(each -> each.name().hashCode() == hash)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("a session of an unknown client"));
  }
}

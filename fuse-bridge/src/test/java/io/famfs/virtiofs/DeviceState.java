package io.famfs.virtiofs;

import io.famfs.os.ErrnoException;
import io.famfs.os.Io;
import io.famfs.os.ReplyPipe;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The front-end's part in the transfer of a device's state, as QEMU 11.1 does it.
final class DeviceState {
  static final int SET_FD = 42;
  static final int CHECK = 43;
  static final int SAVE = 0;
  static final int LOAD = 1;
  private static final long NO_DESCRIPTOR = 0x100;

  private DeviceState() {}

  static long u64(byte[] reply) {
    return ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /// The reply to a message that has been sent.
  static long reply(TestFrontEnd frontEnd, int id) {
    byte[] reply = frontEnd.receive(id);
    if (reply == null) {
      throw new AssertionError("no reply to " + id);
    }
    return u64(reply);
  }

  static byte[] parameters(int direction, int phase) {
    return TestFrontEnd.payload(8).putInt(direction).putInt(phase).array();
  }

  static long check(TestFrontEnd frontEnd) {
    return u64(frontEnd.ask(CHECK, new byte[0]));
  }

  /// The state of a device whose rings are stopped.
  static byte[] save(TestFrontEnd frontEnd) throws ErrnoException {
    ReplyPipe pipe = ReplyPipe.create();
    frontEnd.send(SET_FD, 0, parameters(SAVE, 0), pipe.writeEnd());
    long begun = reply(frontEnd, SET_FD);
    if (begun != NO_DESCRIPTOR) {
      pipe.close();
      throw new AssertionError("no state: " + begun);
    }
    pipe.writeEnd().close();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    MemorySegment piece = Arena.ofAuto().allocate(4096);
    pipe.readEnd().nonBlocking(false);
    long more;
    while ((more = Io.read(pipe.readEnd(), piece, 0, piece.byteSize())) > 0) {
      all.write(piece.asSlice(0, more).toArray(ValueLayout.JAVA_BYTE), 0, (int) more);
    }
    pipe.readEnd().close();
    return all.toByteArray();
  }

  /// Gives a device a state.
  ///
  /// @return what CHECK_DEVICE_STATE says
  static long load(TestFrontEnd frontEnd, byte[] state) throws ErrnoException {
    ReplyPipe pipe = ReplyPipe.create();
    frontEnd.send(SET_FD, 0, parameters(LOAD, 0), pipe.readEnd());
    long begun = reply(frontEnd, SET_FD);
    if (begun != NO_DESCRIPTOR) {
      throw new AssertionError("no state is taken: " + begun);
    }
    pipe.readEnd().close();
    pipe.writeEnd().nonBlocking(false);
    MemorySegment bytes = Arena.ofAuto().allocate(Math.max(1, state.length));
    MemorySegment.copy(state, 0, bytes, ValueLayout.JAVA_BYTE, 0, state.length);
    long done = 0;
    while (done < state.length) {
      long more = Io.write(pipe.writeEnd(), bytes, done, state.length - done);
      if (more < 0) {
        break;
      }
      done += more;
    }
    pipe.writeEnd().close();
    return check(frontEnd);
  }
}

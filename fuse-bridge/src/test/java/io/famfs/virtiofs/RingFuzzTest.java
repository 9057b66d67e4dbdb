package io.famfs.virtiofs;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// A driver that does whatever the bytes say, with rings of both layouts: nothing is thrown, what
/// comes of a chain has a name, no work is without end, and nothing outside guest memory changes.
///
/// A plain test run replays the known inputs; `JAZZER_FUZZ=1` searches for new ones, see the
/// README.
class RingFuzzTest {

  /// A request in every form that a driver has, taken, kept, given back and taken over.
  private static byte[] session(int layout, int steps) {
    ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) layout).put((byte) steps);
    for (int i = 0; i < 6; i++) {
      bytes.put((byte) HostileDriver.DESCRIPTOR).put((byte) (3 * i));
      bytes.putShort((short) 0x3000).putShort((short) 60).put((byte) 1).put((byte) (3 * i + 1));
      bytes.put((byte) HostileDriver.DESCRIPTOR).put((byte) (3 * i + 1));
      bytes.putShort((short) 0x5000).putShort((short) 200).put((byte) 2).put((byte) i);
      bytes.put((byte) HostileDriver.OFFER).put((byte) (3 * i)).put((byte) 2);
      bytes.put((byte) (i % 2 == 0 ? HostileDriver.SERVE : HostileDriver.KEEP));
      bytes
          .put((byte) (i % 3 == 0 ? HostileDriver.TAKE_OVER : HostileDriver.GIVE_BACK))
          .put((byte) 0);
      bytes.put((byte) (i == 4 ? HostileDriver.STOP : HostileDriver.ARM));
    }
    bytes.put((byte) HostileDriver.TABLE).put((byte) 3);
    bytes.put((byte) HostileDriver.OFFER).put((byte) 32).put((byte) 1);
    bytes.put((byte) HostileDriver.SERVE).put((byte) HostileDriver.RETIRE);
    byte[] all = new byte[bytes.position()];
    bytes.flip().get(all);
    return all;
  }

  static Stream<byte[]> sessions() {
    List<byte[]> all = new ArrayList<>();
    for (int layout = 0; layout < 16; layout++) {
      for (int steps : new int[] {0, 1, 0x80}) {
        all.add(session(layout, steps));
      }
    }
    return all.stream();
  }

  @MethodSource("sessions")
  @FuzzTest(maxDuration = "30m")
  void anyRingIsServedOrStopped(byte[] bytes) {
    new HostileDriver(bytes).run();
  }
}

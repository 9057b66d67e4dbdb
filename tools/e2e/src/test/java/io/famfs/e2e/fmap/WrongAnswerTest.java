package io.famfs.e2e.fmap;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.e2e.fmap.MapVolume.Planned;
import io.famfs.e2e.fmap.StandInKernel.KernelFile;
import io.famfs.fuse.server.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the stand-in says of answers that the server did not give: it finds every wrong bit that a
/// kernel could, by refusing the map or by reading other bytes.
class WrongAnswerTest {
  private static final int HEADER = 32;
  private static final int ENTRY = 24;

  /// Whether a bit of an answer has to be as it is.
  ///
  /// @param grows whether it is 0
  private static boolean matters(byte[] answer, int at, boolean grows) {
    if (at < HEADER) {
      return (at >= 4 && at < 12) || (at >= 16 && at < 24);
    }
    boolean strips = answer[4] == 1;
    int in = (at - HEADER) % ENTRY;
    if (strips && at < HEADER + ENTRY) {
      // A map may cover more than the file.
      return in < 8 || (in < 16 && !grows);
    }
    boolean last = at >= answer.length - ENTRY;
    // How long strips are is used for nothing but sums, and the last extent may be longer.
    boolean length = in >= 16 && !strips && !(last && grows);
    return in < 4 || (in >= 8 && in < 16) || length;
  }

  /// Whether a kernel that reads the file by this answer sees that the answer is not the one the
  /// server gave.
  private static boolean noticed(StandInKernel kernel, Planned planned, byte[] answer) {
    kernel.evict();
    kernel.tamper = ignored -> answer;
    try (KernelFile file = kernel.open(planned.path())) {
      for (long offset : MapVolume.samples(planned)) {
        if (MapVolume.word(planned, offset) != StandInKernelTest.word(file, offset)) {
          return true;
        }
      }
      file.read(planned.bytes() - 1, 1);
      return false;
    } catch (Refused e) {
      return true;
    }
  }

  /// What the tests above would say of a server that is wrong in one bit.
  @ParameterizedTest
  @EnumSource
  void aWrongBitInAnAnswerIsNoticed(Generation generation) throws Exception {
    try (MapVolume volume = StandInKernelTest.oneDevice();
        Session session = StandInKernelTest.serve(volume, volume.paths())) {
      int tried = 0;
      StandInKernel kernel = new StandInKernel(generation, session, volume.nodes());
      for (String path : List.of("four", "byte", "pieces", "striped", "odd")) {
        Planned planned = volume.file(path);
        List<byte[]> answers = new ArrayList<>();
        kernel.tamper =
            answer -> {
              answers.add(answer);
              return answer;
            };
        kernel.evict();
        StandInKernelTest.requireContents(kernel.open(path), planned, path);
        byte[] right = answers.getLast();
        assertFalse(noticed(kernel, planned, right), path);
        for (int bit = 0; bit < Byte.SIZE * right.length; bit++) {
          byte[] wrong = right.clone();
          wrong[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
          boolean grows = (right[bit / Byte.SIZE] & 1 << bit % Byte.SIZE) == 0;
          if (matters(right, bit / Byte.SIZE, grows)) {
            String hex = HexFormat.of().formatHex(right);
            String what = generation + " " + path + ", bit " + bit + " of " + hex;
            assertTrue(noticed(kernel, planned, wrong), what);
            tried++;
          }
        }
        for (int length = 0; length < right.length; length++) {
          byte[] cut = Arrays.copyOf(right, length);
          assertTrue(noticed(kernel, planned, cut), path + " cut at " + length);
        }
      }
      assertTrue(tried > 1000, tried + " bits");
    }
  }
}

package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.e2e.GuestSpec;
import org.junit.jupiter.api.Test;

/// A guest whose devices have packed rings: that of QEMU, told so, and that with a window, which
/// takes what the server offers.
class PackedRingsIT extends GuestCase {
  private static final long WINDOW_BYTES = 64 * ByteSize.MIB;

  @Test
  void aGuestReadsWritesAndMapsThroughPackedRings() throws Exception {
    Door plain = volume.door("plain", 2, 0);
    Door window = volume.door("window", 1, WINDOW_BYTES);
    String script =
        """
        count=0
        for d in /sys/bus/virtio/devices/*; do
          [ "$(cat $d/device)" = 0x001a ] || continue
          read -r bits < $d/features
          # Bit 34 is RING_PACKED.
          [ "$(echo $bits | cut -c 35)" = 1 ] || no "split rings: $bits"
          count=$((count + 1))
        done
        [ $count = 2 ] || no "$count devices"
        mount -t virtiofs plain /mnt || no 'mount plain'
        listed
        summed
        F=/mnt/scratch.bin
        for seed in 1 2 3; do
          gtest fill $F $((seed * 4194304)) 4m $seed write &
          jobs="$jobs $!"
        done
        for job in $jobs; do wait $job || no fill; done
        for seed in 1 2 3; do
          gtest check $F $((seed * 4194304)) 4m $seed direct || no "check $seed"
        done
        umount /mnt || no 'umount plain'
        mount -t virtiofs -o dax window /mnt || no 'mount window'
        summed
        gtest check $F 8m 4m 2 mmap && gtest fill $F 12m 4m 9 mmap || no mmap
        host holds scratch.bin 12582912 4194304 9 || no 'stores of the guest'
        host sound || no 'the server complained'
        umount /mnt || no 'umount window'
        """;
    HostWords words = new HostWords(volume, window);
    GuestSpec spec = spec("packed-rings", script, words).device(plain.device().packedRings());
    pass(spec.device(window.device()));
    assertTrue(volume.isUnchanged());
  }
}

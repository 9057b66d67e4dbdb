package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.e2e.GuestSpec;
import org.junit.jupiter.api.Test;

/// A guest whose device has packed rings, because QEMU was told so.
class PackedRingsIT extends GuestCase {
  @Test
  void aGuestReadsAndWritesThroughPackedRings() throws Exception {
    Door plain = volume.door("plain", 2, 0);
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
        [ $count = 1 ] || no "$count devices"
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
        host holds scratch.bin 12582912 4194304 3 || no 'what the guest wrote'
        host sound || no 'the server complained'
        umount /mnt || no umount
        """;
    HostWords words = new HostWords(volume, plain);
    GuestSpec spec = spec("packed-rings", script, words).device(plain.device().packedRings());
    pass(spec);
    assertTrue(volume.isUnchanged());
  }
}

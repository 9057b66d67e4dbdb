package io.famfs.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QemuArgumentsTest {
  private static final QemuArguments ARGUMENTS =
      new QemuArguments(
          GuestMachine.X86_64,
          Path.of("/vm/vmlinuz"),
          Path.of("/run/initramfs"),
          Path.of("/run/control"),
          Path.of("/run/qmp"),
          "tcg,thread=multi");

  private static GuestSpec spec() {
    return GuestSpec.of(Path.of("/out/console.log"), "exit 0");
  }

  private static String line(GuestSpec spec) {
    return String.join(" ", ARGUMENTS.of(spec)) + " ";
  }

  @Test
  void theGuestsMemoryIsASharedMemfd() {
    String line = line(spec().memoryMiB(512).cpus(3));
    assertTrue(line.contains("-object memory-backend-memfd,id=ram0,share=on,size=512M "), line);
    assertTrue(line.contains("-machine q35,memory-backend=ram0 "), line);
    assertTrue(line.contains("-m 512M "), line);
    assertTrue(line.contains("-smp 3 "), line);
  }

  @Test
  void aPlainDeviceGetsTagAndQueuesFromQemu() {
    String line =
        line(spec().device(VirtioFsDevice.plain(Path.of("/s/a"), "data").requestQueues(2)));
    assertTrue(line.contains("-chardev socket,id=vufs0,path=/s/a "), line);
    assertTrue(
        line.contains(
            "-device vhost-user-fs-pci,id=fs0,chardev=vufs0,tag=data,num-request-queues=2,queue-size=128 "),
        line);
  }

  @Test
  void aPlainDeviceHasPackedRingsWhenAskedFor() {
    String line = line(spec().device(VirtioFsDevice.plain(Path.of("/s/a"), "a").packedRings()));
    assertTrue(line.contains("queue-size=128,packed=on "), line);
  }

  @Test
  void aDeviceWithWindowIsTheGenericVhostUserDeviceWithOneQueueMore() {
    String line =
        line(
            spec()
                .device(VirtioFsDevice.plain(Path.of("/s/a"), "a"))
                .device(
                    VirtioFsDevice.withWindow(Path.of("/s/b"), "b")
                        .requestQueues(2)
                        .queueSize(512)));
    assertTrue(
        line.contains(
            "-device vhost-user-test-device-pci,id=fs1,chardev=vufs1,virtio-id=26,num_vqs=3,config_size=40,vq_size=512 "),
        line);
  }

  @Test
  void commasInPathsAreDoubled() {
    String line = line(spec().device(VirtioFsDevice.plain(Path.of("/s/a,b"), "t,g")));
    assertTrue(line.contains("path=/s/a,,b "), line);
    assertTrue(line.contains("tag=t,,g,"), line);
  }

  @Test
  void aResetEndsTheGuestUnlessItMayReboot() {
    assertTrue(line(spec()).contains("-no-reboot "));
    assertFalse(line(spec().reboots(true)).contains("-no-reboot "));
  }

  @Test
  void theCallersWordsComeLast() {
    List<String> words = ARGUMENTS.of(spec().qemuArguments("-device", "virtio-rng-pci"));
    assertEquals(
        List.of("-device", "virtio-rng-pci"), words.subList(words.size() - 2, words.size()));
    assertTrue(
        ARGUMENTS
            .of(spec().kernelArguments("nokaslr"))
            .contains("console=ttyS0 panic=-1 quiet nokaslr"));
  }

  @Test
  void theEmulatorIsUsedUnlessAnotherAcceleratorIsAskedFor() {
    assertEquals("tcg,thread=multi", QemuArguments.accelerator(Map.of()));
    assertEquals("tcg,thread=multi", QemuArguments.accelerator(Map.of("FAMFS_E2E_ACCEL", "tcg")));
    assertEquals("kvm", QemuArguments.accelerator(Map.of("FAMFS_E2E_ACCEL", "kvm")));
  }

  @Test
  void whatQemuCannotBearIsRefused() {
    VirtioFsDevice device = VirtioFsDevice.plain(Path.of("/s/a"), "a");
    assertThrows(IllegalArgumentException.class, () -> device.queueSize(2048));
    assertThrows(IllegalArgumentException.class, () -> device.queueSize(100));
    assertThrows(IllegalArgumentException.class, () -> device.requestQueues(0));
    assertThrows(IllegalArgumentException.class, () -> spec().cpus(0));
  }
}

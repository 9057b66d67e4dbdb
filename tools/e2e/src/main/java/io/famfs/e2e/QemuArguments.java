package io.famfs.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// QEMU's command line for a guest, without the program itself.
///
/// @param machine what the guest is
/// @param kernel its kernel
/// @param initramfs its root file system
/// @param control the socket of its second serial port, which only x86 guests have
/// @param qmp the socket for QEMU's machine protocol
/// @param accelerator QEMU's accelerator
record QemuArguments(
    GuestMachine machine, Path kernel, Path initramfs, Path control, Path qmp, String accelerator) {
  private static final int VIRTIO_ID_FS = 26;
  private static final String TCG = "tcg,thread=multi";

  /// The accelerator to use: TCG, which runs everywhere, unless `FAMFS_E2E_ACCEL` names another.
  static String accelerator(Map<String, String> environment) {
    String wanted = environment.getOrDefault("FAMFS_E2E_ACCEL", "");
    return wanted.isBlank() || wanted.equals("tcg") ? TCG : wanted;
  }

  List<String> of(GuestSpec spec) {
    List<String> words = new ArrayList<>(host(spec));
    words.addAll(spec.hardware().isEmpty() ? hardware(spec) : spec.hardware());
    words.addAll(machine.qemu().consoleWords());
    if (!machine.isForeign()) {
      words.addAll(List.of("-chardev", "socket,id=control,path=" + escaped(control)));
      words.addAll(List.of("-serial", "chardev:control"));
    }
    if (!spec.reboots()) {
      words.add("-no-reboot");
    }
    words.addAll(spec.qemuArguments());
    return words;
  }

  /// What makes it a guest of this library, whatever its hardware.
  private List<String> host(GuestSpec spec) {
    return List.of(
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-run-with",
        "exit-with-parent=on",
        "-accel",
        machine.isForeign() ? TCG : accelerator,
        "-cpu",
        "max",
        "-kernel",
        kernel.toString(),
        "-initrd",
        initramfs.toString(),
        "-append",
        kernelLine(spec),
        "-chardev",
        "file,id=console,path=" + escaped(spec.console()),
        "-qmp",
        "unix:" + escaped(qmp) + ",server=on,wait=off");
  }

  private List<String> hardware(GuestSpec spec) {
    String memory = spec.memoryMiB() + "M";
    List<String> words =
        new ArrayList<>(
            List.of(
                "-smp",
                Integer.toString(spec.cpus()),
                "-m",
                memory,
                // Back-ends map the guest's memory: it has to be a shared file.
                "-object",
                "memory-backend-memfd,id=ram0,share=on,size=" + memory,
                "-machine",
                machine.qemu().machine() + ",memory-backend=ram0"));
    for (int i = 0; i < spec.devices().size(); i++) {
      words.addAll(device(i, spec.devices().get(i)));
    }
    return words;
  }

  private String kernelLine(GuestSpec spec) {
    String line = "console=" + machine.qemu().console() + " panic=-1 quiet ";
    String own = machine.isForeign() ? Initramfs.NO_CONTROL + " " : "";
    return (line + own + spec.kernelArguments()).strip();
  }

  private List<String> device(int index, VirtioFsDevice device) {
    String chardev = "socket,id=vufs%d,path=%s".formatted(index, escaped(device.socket()));
    String front;
    if (device.window()) {
      // 40 bytes of configuration space: the tag and the number of request queues.
      front =
          "vhost-user-test-device-pci,id=fs%d,chardev=vufs%d,virtio-id=%d,num_vqs=%d,config_size=40,vq_size=%d"
              .formatted(
                  index, index, VIRTIO_ID_FS, device.requestQueues() + 1, device.queueSize());
    } else {
      front =
          "vhost-user-fs-%s,id=fs%d,chardev=vufs%d,tag=%s,num-request-queues=%d,queue-size=%d%s"
              .formatted(
                  machine.qemu().bus(),
                  index,
                  index,
                  device.tag().replace(",", ",,"),
                  device.requestQueues(),
                  device.queueSize(),
                  device.packed() ? ",packed=on" : "");
    }
    return List.of("-chardev", chardev, "-device", front);
  }

  /// In QEMU's option lists a comma in a value is written twice.
  private static String escaped(Path path) {
    return path.toAbsolutePath().toString().replace(",", ",,");
  }
}

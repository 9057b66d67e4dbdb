package io.famfs.e2e;

import java.util.List;

/// What a guest is: processor, pages, byte order. All but the first are emulated on any host.
///
/// | machine | pages | byte order | devices |
/// |---|---|---|---|
/// | [#X86_64] | 4 KiB | little | with and without a window |
/// | [#X86_64_LINUX_6_1] | 4 KiB | little | with and without a window; the oldest kernel that is tried |
/// | [#ARM64] | 4 KiB | little | with and without a window |
/// | [#ARM64_16K] | 16 KiB | little | with and without a window |
/// | [#S390X] | 4 KiB | big | without: QEMU's device for windows has no interrupts there |
///
/// Guests of the first two have the test program and the `host` command; the others have busybox
/// only, and the exit code of their script is read from their console.
public enum GuestMachine {
  X86_64("amd64"),
  X86_64_LINUX_6_1("amd64"),
  ARM64("arm64"),
  ARM64_16K("arm64"),
  S390X("s390x");

  private static final Qemu Q35 = serial("qemu-system-x86_64", "q35", "ttyS0");
  private static final Qemu VIRT = serial("qemu-system-aarch64", "virt", "ttyAMA0");
  private static final Qemu CCW =
      new Qemu(
          "qemu-system-s390x",
          "s390-ccw-virtio",
          "ttysclp0",
          List.of("-device", "sclpconsole,chardev=console"),
          "ccw");

  /// How QEMU makes the machine.
  ///
  /// @param program the emulator
  /// @param machine its `-machine`
  /// @param console the console's name in the guest
  /// @param consoleWords what connects it to the character device `console`
  /// @param bus what its virtio devices sit on
  record Qemu(
      String program, String machine, String console, List<String> consoleWords, String bus) {}

  /// Where its kernel comes from.
  ///
  /// @param metaPackage the Debian package that always names the newest
  /// @param atLeast the first version that will do
  /// @param modules what it does not have built in, in the order of loading
  record Kernel(String metaPackage, String atLeast, List<String> modules) {
    Kernel(String metaPackage, String atLeast) {
      this(metaPackage, atLeast, List.of());
    }
  }

  private static final List<String> VIRTIO_FS_MODULES =
      List.of(
          "virtio",
          "virtio_ring",
          "virtio_pci_modern_dev",
          "virtio_pci_legacy_dev",
          "virtio_pci",
          "fuse",
          "virtiofs");

  private final String debian;

  GuestMachine(String debian) {
    this.debian = debian;
  }

  private static Qemu serial(String program, String machine, String console) {
    return new Qemu(program, machine, console, List.of("-serial", "chardev:console"), "pci");
  }

  /// Debian's name of the architecture.
  String debian() {
    return debian;
  }

  Qemu qemu() {
    return switch (this) {
      case X86_64, X86_64_LINUX_6_1 -> Q35;
      case ARM64, ARM64_16K -> VIRT;
      case S390X -> CCW;
    };
  }

  Kernel kernel() {
    return switch (this) {
      case X86_64 -> new Kernel("linux-image-cloud-amd64", "7.2");
      case X86_64_LINUX_6_1 -> new Kernel("linux-image-cloud-amd64", "6.1", VIRTIO_FS_MODULES);
      case ARM64 -> new Kernel("linux-image-cloud-arm64", "7.2");
      case ARM64_16K -> new Kernel("linux-image-arm64-16k", "7.2");
      case S390X -> new Kernel("linux-image-s390x", "6.12");
    };
  }

  /// Whether it is of another architecture than the machines this library runs on.
  public boolean isForeign() {
    return !debian.equals(X86_64.debian);
  }
}

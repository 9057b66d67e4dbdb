package io.famfs.e2e;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What is fetched from the Debian archive into one directory of the cache.
///
/// @param directory its name in the cache
/// @param architecture Debian's name of the architecture
/// @param programs packages that are run here, with all they need
/// @param files packages of which only the files are wanted
/// @param kernel the meta package of a kernel; null when none is wanted
/// @param modules modules of that kernel that are kept, in the order of loading
/// @param atLeast the first version that will do, by package
/// @param suites sets of suites in the order of preference; in a set, later suites win
record Wanted(
    String directory,
    String architecture,
    List<String> programs,
    List<String> files,
    @Nullable String kernel,
    List<String> modules,
    Map<String, String> atLeast,
    List<List<String>> suites) {
  /// The first QEMU with vhost-user shared memory for a generic device.
  static final String QEMU_AT_LEAST = "1:11.1";

  private static final String HOST = "amd64";
  private static final String BUSYBOX = "busybox-static";

  static final List<List<String>> SUITE_SETS =
      List.of(
          List.of("trixie", "trixie-backports"),
          List.of("stable", "stable-backports"),
          List.of("testing"),
          List.of("sid"));

  /// The newest kernel for s390x is in sid, which archives let expire; the one in stable will do.
  private static final List<List<String>> S390X_SUITES =
      List.of(List.of("sid"), List.of("trixie"), List.of("stable"));

  private static final List<List<String>> LINUX_6_1_SUITES =
      List.of(List.of("bookworm"), List.of("oldstable"));

  /// QEMU, kernel, busybox and a compiler for guests of this machine's own kind.
  static Wanted virtualMachine(Map<String, String> environment) {
    GuestMachine.Kernel kernel = GuestMachine.X86_64.kernel();
    Map<String, String> atLeast = new LinkedHashMap<>();
    atLeast.put("qemu-system-x86", QEMU_AT_LEAST);
    atLeast.put(kernel.metaPackage(), kernel.atLeast());
    return new Wanted(
        "vm-" + HOST,
        HOST,
        List.of("qemu-system-x86", BUSYBOX, "tcc"),
        List.of(),
        kernel.metaPackage(),
        kernel.modules(),
        atLeast,
        given(environment, SUITE_SETS));
  }

  /// The emulators of the other machines.
  static Wanted emulators(Map<String, String> environment) {
    return new Wanted(
        "emulators-" + HOST,
        HOST,
        List.of("qemu-system-arm", "qemu-system-s390x"),
        List.of(),
        null,
        List.of(),
        Map.of("qemu-system-arm", QEMU_AT_LEAST, "qemu-system-s390x", QEMU_AT_LEAST),
        given(environment, SUITE_SETS));
  }

  /// Programs that guests of this machine's own kind run.
  static Wanted programs(Map<String, String> environment) {
    return new Wanted(
        "programs-" + HOST,
        HOST,
        List.of(
            "fio",
            "bash",
            "coreutils",
            "diffutils",
            "findutils",
            "grep",
            "python3-minimal",
            "rsync",
            "sqlite3",
            "tar",
            "util-linux"),
        List.of(),
        null,
        List.of(),
        Map.of("fio", "3"),
        given(environment, SUITE_SETS));
  }

  /// Libvirt's schemas, and a program that compares documents with them.
  static Wanted libvirtSchema(Map<String, String> environment) {
    return new Wanted(
        "libvirt-schema",
        HOST,
        List.of("libxml2-utils"),
        List.of("libvirt-common"),
        null,
        List.of(),
        Map.of("libvirt-common", "11"),
        given(environment, SUITE_SETS));
  }

  /// Servers that do what ours does. The newest ones are in sid, which archives let expire.
  static Wanted peers(Map<String, String> environment) {
    return new Wanted(
        "peers-" + HOST,
        HOST,
        List.of("virtiofsd"),
        List.of(),
        null,
        List.of(),
        Map.of("virtiofsd", "1.13"),
        given(environment, List.of(List.of("sid"), List.of("testing"), List.of("trixie"))));
  }

  /// Kernel and busybox of a guest of another machine.
  static Wanted guest(GuestMachine machine, Map<String, String> environment) {
    GuestMachine.Kernel kernel = machine.kernel();
    return new Wanted(
        "guest-" + machine.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
        machine.debian(),
        List.of(),
        List.of(BUSYBOX),
        kernel.metaPackage(),
        kernel.modules(),
        Map.of(kernel.metaPackage(), kernel.atLeast()),
        suites(machine, environment));
  }

  private static List<List<String>> suites(GuestMachine machine, Map<String, String> environment) {
    return switch (machine) {
      case S390X -> S390X_SUITES;
      case X86_64_LINUX_6_1 -> LINUX_6_1_SUITES;
      case X86_64, ARM64, ARM64_16K -> given(environment, SUITE_SETS);
    };
  }

  /// `FAMFS_E2E_SUITES`, suites separated by spaces, is the only set if given.
  static List<List<String>> given(Map<String, String> environment, List<List<String>> otherwise) {
    List<String> given = Deb822.words(environment, "FAMFS_E2E_SUITES");
    return given.isEmpty() ? otherwise : List.of(given);
  }

  /// The versions that are needed, for a message.
  String needs() {
    return atLeast.entrySet().stream()
        .map(need -> need.getKey() + " >= " + need.getValue())
        .collect(Collectors.joining(" and "));
  }
}

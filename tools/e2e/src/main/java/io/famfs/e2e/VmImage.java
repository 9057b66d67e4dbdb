package io.famfs.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// An unpacked virtual machine: QEMU, a guest kernel, a static busybox and a small C compiler.
///
/// Nothing of it is installed; its programs run through their own dynamic loader. It lies in a
/// cache outside the work tree: `$FAMFS_E2E_CACHE`, else `$XDG_CACHE_HOME/famfs/e2e`, else
/// `~/.cache/famfs/e2e`. `FAMFS_E2E_VM` names a directory to use instead; `FAMFS_E2E_MIRROR` the
/// address of a Debian archive, `FAMFS_E2E_SUITES` the suites of it to use. Instances are immutable
/// and can be shared between threads.
public final class VmImage {
  private final GuestMachine machine;
  private final Path directory;
  private final Path emulator;
  private final Path cache;

  private VmImage(GuestMachine machine, Path directory, Path emulator, Path cache) {
    this.machine = machine;
    this.directory = directory;
    this.emulator = emulator;
    this.cache = cache;
  }

  /// Finds the VM in the cache, or fetches it: about 50 MB, checked by signature, some 200 MB
  /// unpacked.
  ///
  /// Concurrent callers, also of other processes, wait for one fetch. A cached VM that is
  /// incomplete is fetched again. With a whole one this takes milliseconds and needs no network.
  ///
  /// @throws VmUnavailableException when there is no VM; one sentence for the user
  public static VmImage obtain(Progress progress)
      throws VmUnavailableException, InterruptedException {
    return obtain(GuestMachine.X86_64, progress);
  }

  /// Finds the VM of another machine in the cache, or fetches it: its emulator, kernel and busybox,
  /// 60 to 100 MB.
  ///
  /// @throws VmUnavailableException when there is no VM; one sentence for the user
  public static VmImage obtain(GuestMachine machine, Progress progress)
      throws VmUnavailableException, InterruptedException {
    Map<String, String> environment = System.getenv();
    VmCache cache = VmCache.of(environment);
    String given = environment.getOrDefault("FAMFS_E2E_VM", "");
    if (!given.isBlank() && machine == GuestMachine.X86_64) {
      Path directory = Path.of(given).toAbsolutePath();
      return new VmImage(machine, directory, directory, cache.directory()).checked();
    }
    String host = System.getProperty("os.arch", "unknown");
    if (!host.equals("amd64")) {
      throw new VmUnavailableException("guests are set up for amd64 only, this machine is " + host);
    }
    Wanted own = Wanted.virtualMachine(environment);
    if (machine == GuestMachine.X86_64) {
      return fetched(machine, List.of(own), cache, progress);
    }
    Wanted emulators = machine.isForeign() ? Wanted.emulators(environment) : own;
    List<Wanted> both = List.of(Wanted.guest(machine, environment), emulators);
    return fetched(machine, both, cache, progress);
  }

  /// @param parts the directory of the guest first, that of the emulator last
  private static VmImage fetched(
      GuestMachine machine, List<Wanted> parts, VmCache cache, Progress progress)
      throws VmUnavailableException, InterruptedException {
    VmImage image =
        new VmImage(
            machine, cache.of(parts.getFirst()), cache.of(parts.getLast()), cache.directory());
    cache.obtain(
        parts,
        progress,
        () -> {
          image.tryQemu();
          progress.say("ready: QEMU " + image.qemuVersion() + ", kernel " + image.kernelVersion());
        });
    return image.checked();
  }

  private void tryQemu() throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(qemuCommand());
    words.addAll(List.of("-machine", machine.qemu().machine(), "-device", "help"));
    Command.Outcome outcome =
        new Command(words, qemuEnvironment(), Path.of("/")).run(Duration.ofMinutes(1));
    String device =
        machine == GuestMachine.S390X ? "vhost-user-fs-ccw" : "vhost-user-test-device-pci";
    if (outcome.failed() || !outcome.output().contains(device)) {
      throw new VmUnavailableException(
          "the fetched QEMU does not run here: "
              + (outcome.failed() ? outcome.lastLine() : "it lacks " + device));
    }
  }

  private VmImage checked() throws VmUnavailableException {
    for (Path needed :
        List.of(kernel(), busybox(), root().resolve(qemuProgram()), programs().loader())) {
      if (!Files.isReadable(needed)) {
        throw new VmUnavailableException(
            "the VM in " + directory + " is not usable: " + needed + " is missing");
      }
    }
    return this;
  }

  /// The program `gtest` of this VM's guests, compiled if need be; it runs on this machine as well
  /// unless the guest is foreign.
  ///
  /// @throws VmUnavailableException when there is no compiler
  public Path testProgram() throws IOException, InterruptedException {
    return GuestProgram.obtain(this);
  }

  /// What its guests are.
  public GuestMachine machine() {
    return machine;
  }

  /// Where the VM lies.
  public Path directory() {
    return directory;
  }

  /// The cache beside it, for what is built once.
  Path cache() {
    return cache;
  }

  /// The file that lists suites, packages (with version, size and SHA-256) and files of this VM.
  public Path manifest() {
    return directory.resolve(Manifest.NAME);
  }

  /// The guest kernel, as a file for QEMU.
  public Path kernel() {
    return directory.resolve("vmlinuz");
  }

  static Path module(Path directory, int index) {
    return directory.resolve("%02d.ko".formatted(index));
  }

  /// The modules the guest kernel needs, in the order of loading.
  List<Path> modules() {
    return IntStream.range(0, machine.kernel().modules().size())
        .mapToObj(i -> module(directory, i))
        .toList();
  }

  /// The version of the guest kernel, "unknown" for a given VM without manifest.
  public String kernelVersion() {
    return Manifest.read(directory).map(Manifest::kernel).orElse("unknown");
  }

  /// The version of QEMU, "unknown" for a given VM without manifest.
  public String qemuVersion() {
    return Manifest.read(emulator)
        .flatMap(m -> m.version("qemu-system-" + (machine.isForeign() ? "arm" : "x86")))
        // Debian marks a source it had to trim by "+ds" or "+dfsg".
        .map(v -> v.upstream().replaceFirst("\\+.*", ""))
        .orElse("unknown");
  }

  Path busybox() {
    Path merged = directory.resolve("root/usr/bin/busybox");
    // Packages of before Debian 13 have it where it was before /bin became /usr/bin.
    return Files.exists(merged) ? merged : directory.resolve("root/bin/busybox");
  }

  /// Its programs run through the VM's own loader and libraries.
  private UnpackedPrograms programs() {
    return new UnpackedPrograms(emulator.resolve("root"));
  }

  private Path root() {
    return programs().root();
  }

  private String qemuProgram() {
    return "usr/bin/" + machine.qemu().program();
  }

  /// The first words of a QEMU command line: the program and where it finds its firmware.
  List<String> qemuCommand() {
    List<String> words = new ArrayList<>(programs().command(qemuProgram()));
    for (String share : List.of("usr/share/qemu", "usr/share/seabios")) {
      words.addAll(List.of("-L", root().resolve(share).toString()));
    }
    return words;
  }

  Map<String, String> qemuEnvironment() {
    return Map.of("QEMU_MODULE_DIR", programs().libraries().resolve("qemu").toString());
  }

  /// The first words of a compiler command line; empty when this VM holds no compiler.
  List<String> compilerCommand() {
    String tcc = "usr/bin/tcc";
    if (!Files.exists(root().resolve(tcc))) {
      return List.of();
    }
    List<String> words = new ArrayList<>(programs().command(tcc));
    words.add("-B" + programs().libraries().resolve("tcc"));
    return words;
  }

  @Override
  public String toString() {
    return "QEMU %s, kernel %s in %s".formatted(qemuVersion(), kernelVersion(), directory);
  }
}

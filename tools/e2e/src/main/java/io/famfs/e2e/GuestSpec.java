package io.famfs.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What a guest looks like and what it runs. Immutable; every method returns a changed copy.
///
/// ```
/// GuestSpec.of(console, "mount -t virtiofs -o dax data /mnt && gtest check /mnt/f 0 16m 42 mmap")
///     .device(VirtioFsDevice.withWindow(socket, "data"))
///     .timeLimit(Duration.ofSeconds(60))
/// ```
public final class GuestSpec {
  /// A file of the guest's root file system.
  @SuppressWarnings("ArrayRecordComponent") // goes into the archive, is never compared
  record GuestFile(String path, byte[] content) {}

  private final Path console;
  private String script;
  private int memoryMiB = 768;
  private int cpus = 2;
  private List<VirtioFsDevice> devices = List.of();
  private List<GuestFile> files = List.of();
  private Duration timeLimit = Duration.ofMinutes(2);
  private String kernelArguments = "";
  private HostHook hook = HostHook.none();
  private List<String> qemuArguments = List.of();
  private List<String> hardware = List.of();
  private boolean reboots;

  private GuestSpec(Path console, String script) {
    this.console = console.toAbsolutePath();
    this.script = script;
  }

  private GuestSpec copy() {
    GuestSpec c = new GuestSpec(console, script);
    c.memoryMiB = memoryMiB;
    c.cpus = cpus;
    c.devices = devices;
    c.files = files;
    c.timeLimit = timeLimit;
    c.kernelArguments = kernelArguments;
    c.hook = hook;
    c.qemuArguments = qemuArguments;
    c.hardware = hardware;
    c.reboots = reboots;
    return c;
  }

  /// A guest of two processors and 768 MiB without file systems, ended after two minutes.
  ///
  /// @param console where the guest's console is written: its directories are made, a file there is
  ///   replaced, and it stays
  /// @param script for busybox's shell, run as `sh /run/script`; its exit code is the result
  public static GuestSpec of(Path console, String script) {
    return new GuestSpec(console, script);
  }

  /// With another script.
  public GuestSpec script(String value) {
    return with(c -> c.script = value);
  }

  /// With this much memory. A window costs the guest 64 bytes per 4 KiB of it.
  public GuestSpec memoryMiB(int value) {
    return with(c -> c.memoryMiB = atLeast(128, value, "MiB of memory"));
  }

  /// With this many virtual processors.
  public GuestSpec cpus(int value) {
    return with(c -> c.cpus = atLeast(1, value, "processors"));
  }

  /// With one more virtio-fs device.
  public GuestSpec device(VirtioFsDevice device) {
    return with(c -> c.devices = append(devices, device));
  }

  /// With one more file, executable, at an absolute path of the guest.
  public GuestSpec file(String guestPath, byte[] content) {
    return with(c -> c.files = append(files, new GuestFile(guestPath, content.clone())));
  }

  /// With a copy of a host file, executable, at an absolute path of the guest; read now.
  public GuestSpec file(String guestPath, Path hostFile) throws IOException {
    byte[] content = Files.readAllBytes(hostFile);
    return with(c -> c.files = append(files, new GuestFile(guestPath, content)));
  }

  /// With a file of text, executable, at an absolute path of the guest.
  public GuestSpec file(String guestPath, String content) {
    return file(guestPath, content.getBytes(StandardCharsets.UTF_8));
  }

  /// Ended this long after QEMU's start, boot included.
  public GuestSpec timeLimit(Duration value) {
    return with(c -> c.timeLimit = value);
  }

  /// With words added to the kernel's command line.
  public GuestSpec kernelArguments(String value) {
    return with(c -> c.kernelArguments = value);
  }

  /// With an answer to `host WORD...`.
  public GuestSpec hook(HostHook value) {
    return with(c -> c.hook = value);
  }

  /// With words added to QEMU's command line.
  public GuestSpec qemuArguments(String... words) {
    return with(c -> c.qemuArguments = List.of(words));
  }

  /// With a machine, processors, memory and devices of the caller's instead of those that a guest
  /// has otherwise.
  ///
  /// @param words of QEMU's command line
  public GuestSpec hardware(List<String> words) {
    return with(c -> c.hardware = List.copyOf(words));
  }

  /// With a reset restarting the guest; otherwise a reset ends it.
  public GuestSpec reboots(boolean value) {
    return with(c -> c.reboots = value);
  }

  private GuestSpec with(Consumer<GuestSpec> change) {
    GuestSpec c = copy();
    change.accept(c);
    return c;
  }

  private static <T> List<T> append(List<T> list, T more) {
    List<T> all = new ArrayList<>(list);
    all.add(more);
    return List.copyOf(all);
  }

  private static int atLeast(int bound, int value, String what) {
    if (value < bound) {
      throw new IllegalArgumentException("at least %d %s, not %d".formatted(bound, what, value));
    }
    return value;
  }

  /// Where the console is written.
  public Path console() {
    return console;
  }

  /// The script text.
  public String script() {
    return script;
  }

  /// The time limit.
  public Duration timeLimit() {
    return timeLimit;
  }

  /// The virtio-fs devices, in PCI order.
  public List<VirtioFsDevice> devices() {
    return devices;
  }

  int memoryMiB() {
    return memoryMiB;
  }

  int cpus() {
    return cpus;
  }

  List<GuestFile> files() {
    return files;
  }

  String kernelArguments() {
    return kernelArguments;
  }

  HostHook hook() {
    return hook;
  }

  List<String> qemuArguments() {
    return qemuArguments;
  }

  List<String> hardware() {
    return hardware;
  }

  boolean reboots() {
    return reboots;
  }
}

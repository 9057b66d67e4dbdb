package io.famfs.fuse.device;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.FileCreation;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// Another process, which owns a volume that is followed here, and does as it is told.
final class GrowingHost implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter orders;

  private GrowingHost(Process process) {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
  }

  static GrowingHost start(Path device, UUID owner) throws Exception {
    List<String> command =
        JavaCommand.of(
            List.of("-XX:TieredStopAtLevel=1"),
            GrowingHost.class,
            device.toString(),
            owner.toString());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    GrowingHost host = new GrowingHost(process);
    host.requireAnswer("ready");
    return host;
  }

  /// Makes a file.
  void create(String path, long sizeBytes) throws IOException {
    order("create " + sizeBytes + " " + path);
  }

  /// Makes directories `PATH0`, `PATH1` and so on, each with a directory `d`.
  void makeDirectories(String path, int count) throws IOException {
    order("mkdirs " + count + " " + path);
  }

  private void order(String line) throws IOException {
    orders.println(line);
    requireAnswer("done");
  }

  private void requireAnswer(String expected) throws IOException {
    String answer = answers.readLine();
    if (!expected.equals(answer)) {
      throw new IOException("the other host says " + answer);
    }
  }

  @Override
  public void close() {
    orders.close();
    process.onExit().join();
  }

  /// Makes what it is told line by line.
  ///
  /// @param args the device, and who owns it
  public static void main(String[] args) throws IOException {
    try (MappedDaxDevice device = DaxDevices.open(Path.of(args[0]), Mode.READ_WRITE);
        Volume volume =
            Volume.open(List.of(device), OpenOptions.forHost(UUID.fromString(args[1])));
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println("ready");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", 3);
        obey(volume, words[0], Long.parseLong(words[1]), words[2]);
        System.out.println("done");
      }
    }
  }

  private static void obey(Volume volume, String word, long number, String path)
      throws IOException {
    if (word.equals("create")) {
      try (FileCreation creation = volume.create(path, number, 0644, 0, 0)) {
        creation.commit();
      }
      return;
    }
    for (int i = 0; i < number; i++) {
      volume.mkdir(path + i, 0755, 0, 0);
      volume.mkdir(path + i + "/d", 0755, 0, 0);
    }
  }
}

package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every command through its command line, on a volume in a file.
class CommandsTest {
  private static final List<String> COMMANDS =
      CommandLines.of(new FamfsCommand()).getSubcommands().keySet().stream()
          .filter(name -> !name.equals("help"))
          .toList();

  /// Commands with exit codes of their own: 16 for wrong usage.
  private static final List<String> OWN_CODES = List.of("fsck", "check");

  @TempDir private Path directory;

  private Path made() {
    Path device = directory.resolve("volume.img");
    CommandRun.mkfs("--size", "64M", device).done();
    return device;
  }

  @Test
  void everyCommandExplainsItself() {
    for (String command : COMMANDS) {
      CommandRun help = CommandRun.famfs(command, "--help").done();
      assertTrue(help.out().startsWith("Usage: famfs " + command), help.out());
      assertTrue(help.out().lines().allMatch(line -> line.length() <= 80), help.out());
      assertEquals(help.out(), CommandRun.famfs("help", command).done().out());
    }
    assertTrue(CommandRun.mkfs("--help").done().out().startsWith("Usage: mkfs.famfs "));
    String all = CommandRun.famfs("--help").done().out();
    COMMANDS.forEach(command -> assertTrue(all.contains("\n  " + command + " "), command));
  }

  @Test
  void theVersionIsTheModules() {
    assertTrue(CommandRun.famfs("--version").done().out().contains("OMF 2.2"));
  }

  @Test
  void wrongUsageIsExitCodeTwoAndOneLine() {
    for (String command : COMMANDS) {
      String line =
          CommandRun.famfs(command, "--nope").refused(OWN_CODES.contains(command) ? 16 : 2);
      assertTrue(line.contains("--nope") || line.contains("Missing required"), line);
      assertTrue(line.endsWith("(try 'famfs " + command + " --help')"), line);
    }
    assertTrue(CommandRun.mkfs("--nope", "x").refused(2).contains("--nope"));
    assertEquals(
        "famfs: there is no command 'nope' (try 'famfs --help')",
        CommandRun.famfs("nope").refused(2));
    assertTrue(CommandRun.famfs("cp", "alone", "--device", "x").refused(2).contains("DESTINATION"));
    assertTrue(CommandRun.famfs("creat", "-s", "5X", "f").refused(2).contains("'5X'"));
    assertTrue(CommandRun.famfs("mount", "-o", "noatime", "a", "b").refused(2).contains("noatime"));
    assertEquals(2, CommandRun.famfs().code());
  }

  @Test
  void mountOptionsThatCannotBeMetAreRefused() {
    Path device = made();
    for (String options : List.of("-fF", "-mr", "-t1 -cnever", "-t-1", "-csometimes")) {
      Object[] all = new Object[options.split(" ").length + 3];
      all[0] = "mount";
      System.arraycopy(options.split(" "), 0, all, 1, all.length - 3);
      all[all.length - 2] = device;
      all[all.length - 1] = directory;
      assertTrue(CommandRun.famfs(all).refused(2).contains("--"), options);
    }
    assertTrue(CommandRun.famfs("mount", "-F", device, directory).refused(1).contains("FUSE"));
    assertTrue(CommandRun.famfs("mount", "-D", device, directory).refused(1).contains("dump"));
    assertTrue(CommandRun.famfs("mount", "-R", device, directory).refused(1).contains("umount"));
  }

  @Test
  void impossibleServersAreWrongUsage() {
    Path device = made();
    List<List<String>> wrong =
        List.of(
            List.of("--tag", ""),
            List.of("--tag", "x".repeat(37)),
            List.of("--tag", "t", "--window", "3M"),
            List.of("--tag", "t", "--queues", "0"),
            List.of("--tag", "t", "--queues", "65"),
            List.of("--tag", "t", "--readonly", "--window", "64M"));
    for (List<String> options : wrong) {
      Object[] all = new Object[5 + options.size()];
      System.arraycopy(
          new Object[] {"serve", "--device", device, "--socket", directory.resolve("s")},
          0,
          all,
          0,
          5);
      System.arraycopy(options.toArray(), 0, all, 5, options.size());
      CommandRun.famfs(all).refused(2);
    }
    assertFalse(Files.exists(directory.resolve("s")));
  }

  @Test
  void aVolumeIsMadeFilledAndLookedAt() throws IOException {
    Path device = made();
    CommandRun.famfs("mkdir", "-p", "a/b", "--device", device).done();
    CommandRun.famfs("creat", "-s", "3M", "a/b/f", "--device", device).done();
    assertEquals("a/\n", CommandRun.famfs("ls", "--device", device).done().out());
    assertEquals("b/\nb/f\n", CommandRun.famfs("ls", "-R", "--device", device, "a").done().out());
    String line = CommandRun.famfs("ls", "-l", "--device", device, "a/b/f").done().out();
    assertTrue(line.startsWith("-rw-r--r-- ") && line.endsWith(" 3145728 a/b/f\n"), line);
    assertTrue(CommandRun.famfs("fsck", device).done().out().endsWith("\nclean\n"));
    String dump = CommandRun.famfs("dump", device).done().out();
    assertTrue(dump.contains("file  0644") && dump.contains(" a/b/f  3145728 bytes at 0:0x"), dump);
    assertTrue(
        CommandRun.famfs("getmap", "a/b/f", "--device", device)
            .done()
            .out()
            .contains("\t4194304\n"));
  }

  @Test
  void everyJsonOutputParses() throws IOException {
    Path file = directory.resolve("json.img");
    JsonNode made = CommandRun.mkfs("--size", "64M", "--json", file).json();
    assertEquals(64L << 20, made.get("total_bytes").longValue());
    JsonNode directories =
        CommandRun.famfs("mkdir", "-p", "--json", "--device", file, "d/e").json();
    assertEquals("d/e", directories.get(1).textValue());
    Path source = Files.writeString(directory.resolve("s \"quoted\"\t"), "text");
    JsonNode copied = CommandRun.famfs("cp", "--json", "--device", file, source, "d").json();
    assertEquals(4, copied.get("bytes").longValue());
    JsonNode created = CommandRun.famfs("creat", "--json", "--device", file, "-s1", "x").json();
    assertTrue(created.get("created").booleanValue());
    JsonNode list = CommandRun.famfs("ls", "-R", "--json", "--device", file).json();
    assertEquals(4, list.size());
    assertEquals("d/s \"quoted\"\t", list.get(2).get("path").textValue());
    JsonNode map = CommandRun.famfs("getmap", "--json", "--device", file, "x").json();
    assertEquals(2L << 20, map.get("extents").get(0).get("len").longValue());
    assertTrue(CommandRun.famfs("fsck", "--json", file).json().get("clean").booleanValue());
    assertEquals(4, CommandRun.famfs("dump", "--json", file).json().get("entries").size());
  }

  @Test
  void namesThatWouldSteerATerminalAreShownHarmless() throws IOException {
    Path device = made();
    Path source = Files.writeString(directory.resolve("evil\u001b[2J\n"), "x");
    CommandRun.famfs("cp", source, "/", "--device", device).done();
    assertEquals("evil?[2J?\n", CommandRun.famfs("ls", "--device", device).done().out());
    assertFalse(CommandRun.famfs("dump", device).done().out().contains("\u001b"));
  }

  @Test
  void operatingErrorsAreOneLineThatSaysWhatToDo() throws IOException {
    Path device = made();
    assertTrue(CommandRun.famfs("fsck", "/nope").refused(8).contains("/nope does not exist: "));
    assertTrue(CommandRun.famfs("fsck", directory).refused(8).contains("name a device"));
    assertTrue(CommandRun.famfs("ls", "--device", device, "x").refused(1).contains(":/x: no such"));
    CommandRun.famfs("mkdir", "--device", device, "a").done();
    assertTrue(CommandRun.famfs("mkdir", "--device", device, "a").refused(1).contains("exists"));
    assertTrue(CommandRun.famfs("mkdir", "--device", device, "b/c").refused(1).contains("'b'"));
    assertTrue(CommandRun.famfs("getmap", "--device", device, "a").refused(1).contains("a file"));
    assertTrue(
        CommandRun.famfs("creat", "-s1T", "--device", device, "f").refused(1).contains("1T"));
    assertTrue(CommandRun.famfs("umount", directory).refused(1).contains("no famfs"));
    assertTrue(CommandRun.mkfs("--size", "10", directory.resolve("n")).refused(1).contains("4096"));
    assertTrue(CommandRun.mkfs("--size", "64M", device).refused(1).contains("exists already"));
    assertTrue(CommandRun.mkfs(device).refused(1).contains("-f"));
    assertFalse(Files.exists(directory.resolve("n")));
  }

  @Test
  void aFileSystemThatDoesNotFitLeavesNoFileBehind() {
    Path small = directory.resolve("small.img");
    CommandRun.mkfs("--size", "4M", small).refused(1);
    assertFalse(Files.exists(small));
  }

  @Test
  void forceMakesAnotherFileSystem() throws IOException {
    Path device = made();
    CommandRun.famfs("mkdir", "--device", device, "a").done();
    String before = CommandRun.famfs("dump", device).done().out();
    CommandRun.mkfs("-f", device).done();
    assertEquals("", CommandRun.famfs("ls", "--device", device).done().out());
    assertFalse(CommandRun.famfs("dump", device).done().out().equals(before));
  }

  @Test
  void creatingAFileThatIsThereAlreadyIsDoneWithTheSameSizeOnly() {
    Path device = made();
    CommandRun.famfs("creat", "-s", "1M", "f", "--device", device).done();
    CommandRun.famfs("creat", "-s", "1M", "f", "--device", device).done();
    CommandRun.famfs("creat", "-s", "2M", "f", "--device", device).refused(1);
  }

  @Test
  void lookingChangesNothing() throws IOException {
    Path device = made();
    CommandRun.famfs("creat", "-s", "1M", "f", "--device", device).done();
    byte[] before = Files.readAllBytes(device);
    CommandRun.famfs("ls", "-lR", "--device", device).done();
    CommandRun.famfs("fsck", device).done();
    CommandRun.famfs("dump", device).done();
    CommandRun.famfs("getmap", "f", "--device", device).done();
    CommandRun.mkfs(device).refused(1);
    assertArrayEquals(before, Files.readAllBytes(device));
  }

  @Test
  void killTakesNothingButTheMagicNumber() throws IOException {
    Path device = made();
    CommandRun.famfs("creat", "-s", "1M", "f", "--device", device).done();
    byte[] before = Files.readAllBytes(device);
    assertTrue(CommandRun.mkfs("-k", device).refused(2).contains("-f"));
    assertTrue(CommandRun.mkfs("-k", "-f", "--size", "64M", device).refused(2).contains("--size"));
    assertArrayEquals(before, Files.readAllBytes(device));
    CommandRun.mkfs("-k", "-f", device).done();
    byte[] expected = before.clone();
    java.util.Arrays.fill(expected, 0, 8, (byte) 0);
    assertArrayEquals(expected, Files.readAllBytes(device));
    CommandRun.famfs("ls", "--device", device).refused(1);
    assertTrue(CommandRun.mkfs("-kf", device).done().out().endsWith(": there was no famfs\n"));
    CommandRun.mkfs(device).done();
  }

  @Test
  void optionsOfTheReferenceAreAcceptedAndNamed() {
    Path device = directory.resolve("options.img");
    CommandRun run =
        CommandRun.mkfs("-l", "16m", "-M", "-F", "--fuse", "-D", "--verbose", "-s", "64M", device);
    assertEquals(0, run.code(), run.err());
    assertEquals(
        "mkfs.famfs: note: no effect here: --set-daxmode, --nofuse, --fuse, --nodax",
        run.err().strip());
    assertTrue(run.out().contains("log         16M at 2097152"), run.out());
    CommandRun.mkfs("-v", device).refused(2);
    CommandRun.mkfs("-f", "-l", "17M", device).refused(1);
    CommandRun.mkfs().refused(2);
  }

  @Test
  void aDeviceInUseIsNeitherFormattedNorKilled() throws IOException {
    Path device = made();
    try (OpenVolume opened = OpenVolume.forWriting(Devices.of(List.of(device)))) {
      long pid = ProcessHandle.current().pid();
      assertTrue(opened.volume().canCreate());
      for (String options : List.of("-f", "-fk")) {
        assertTrue(CommandRun.mkfs(options, device).refused(1).contains("by process " + pid));
      }
      for (List<String> command :
          List.of(
              List.of("mkdir", "d"),
              List.of("creat", "-s1", "f"),
              List.of("cp", "/etc/hosts", "f"))) {
        List<Object> all = new java.util.ArrayList<>(command);
        all.addAll(List.of("--device", device));
        assertTrue(CommandRun.famfs(all.toArray()).refused(1).contains("by process " + pid));
      }
    }
    CommandRun.famfs("fsck", device).done();
  }

  @Test
  void severalDirectoriesAreMadeAndEachFailureIsReported() {
    Path device = made();
    CommandRun run =
        CommandRun.famfs(
            "mkdir", "-v", "--device", device, "a", "no/parent", "a", "b", "x".repeat(80));
    assertEquals(1, run.code());
    assertEquals(3, run.err().lines().count(), run.err());
    assertTrue(run.err().contains("x".repeat(80)), run.err());
    assertEquals("made directory a\nmade directory b\n", run.out());
    CommandRun.famfs("mkdir", "-p", "-v", "--device", device, "a/c/d", "a/c").done();
    assertEquals(
        "a/\na/c/\na/c/d/\nb/\n", CommandRun.famfs("ls", "-R", "--device", device).done().out());
  }
}

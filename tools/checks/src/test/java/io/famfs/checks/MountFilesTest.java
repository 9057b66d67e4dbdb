package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Making, filling, checking and copying files through a mount of the real kernel.
class MountFilesTest {
  private MemoryFolder memory;
  private Path home;
  private Path device;
  private Path mountPoint;

  @BeforeEach
  void mount() throws Exception {
    Privileges.assumeMounts();
    memory = MemoryFolder.make();
    home = memory.path();
    device = home.resolve("device.img");
    mountPoint = Files.createDirectory(home.resolve("mnt"));
    Launched.mkfs(home, "--size", "4G", device).done();
    Launched.famfs(home, "mount", device, mountPoint).done();
  }

  @AfterEach
  void unmount() throws Exception {
    if (memory == null) {
      return;
    }
    String mounted = " " + mountPoint + " ";
    while (Files.readString(Path.of("/proc/self/mounts")).contains(mounted)) {
      Launched.run(home, Map.of(), List.of("umount", "-l", mountPoint.toString()));
    }
    memory.close();
  }

  private Path in(String path) {
    return mountPoint.resolve(path);
  }

  private List<String> strips(Path file) throws Exception {
    String map = Launched.famfs(home, "getmap", "--json", file).done().text();
    List<String> offsets = new ArrayList<>();
    java.util.regex.Matcher offset =
        java.util.regex.Pattern.compile("\"offset\": ?(\\d+)").matcher(map);
    while (map.contains("\"strips\"") && offset.find()) {
      offsets.add(offset.group(1));
    }
    return offsets;
  }

  @Test
  void contentIsMadeLaidOutAndVerified() throws Exception {
    List<Object> creat = new ArrayList<>(List.of("creat", "-N", "2", "-B", "4", "-t", "2"));
    creat.addAll(List.of("-M", in("a") + ",9000001,42", "-M", in("b") + ",3M,43"));
    Launched.famfs(home, creat.toArray()).done();
    String verified =
        Launched.famfs(home, "verify", "-m", in("a") + ",42", "-m", in("b") + ",43").done().text();
    assertEquals(
        in("a") + ": 9000001 bytes verified\n" + in("b") + ": 3145728 bytes verified\n", verified);
    List<String> strips = strips(in("a"));
    assertEquals(2, strips.size());
    assertTrue(
        Long.parseLong(strips.get(0)) >> 30 != Long.parseLong(strips.get(1)) >> 30,
        strips::toString);
    // The same content, seen by a program that knows nothing of it.
    String sha = "head -c 4096 \"$0\" | sha256sum";
    String line =
        Launched.run(home, Map.of(), List.of("sh", "-c", sha, in("a").toString())).done().text();
    assertTrue(
        line.startsWith("ac2b993197a5b5b761f188e4c832f199edd294ad4f551acc2ab6c7be7930074e"), line);
    String dd = "printf x | dd of=\"$0\" bs=1 seek=5000003 conv=notrunc status=none";
    Launched.run(home, Map.of(), List.of("sh", "-c", dd, in("a").toString())).done();
    String bad = Launched.famfs(home, "verify", "-S", "42", "-f", in("a")).refused();
    assertTrue(bad.contains(" differs at byte 5000000 of 9000001 "), bad);
    String twice = Launched.famfs(home, "creat", "-s", "1k", in("a")).refused();
    assertTrue(twice.contains("exists already"), twice);
    String buckets =
        Launched.famfs(home, "creat", "-s", "9M", "-N", "5", "-B", "5", in("c")).refused();
    assertTrue(buckets.contains("buckets of at least 1G"), buckets);
    Launched.famfs(home, "umount", mountPoint).done();
    String inside = Launched.famfs(home, "verify", "--device", device, "-S", "42", "a").refused();
    assertTrue(inside.contains(" differs at byte 5000000 of 9000001 "), inside);
    Launched.famfs(home, "verify", "-q", "--device", device, "-S", "43", "b").done();
    assertTrue(Launched.famfs(home, "fsck", device).done().text().endsWith("\nclean\n"));
  }

  @Test
  void treesAreCopiedComparedAndRestarted() throws Exception {
    Path tree = Files.createDirectories(home.resolve("tree/sub"));
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 12; i++) {
      byte[] bytes = new byte[random.nextInt(100_000)];
      random.nextBytes(bytes);
      Files.write(tree.resolve("f" + i), bytes);
    }
    byte[] large = new byte[40_000_003];
    random.nextBytes(large);
    Path source = Files.write(tree.getParent().resolve("large"), large);
    FileTime time = FileTime.fromMillis(1_500_000_000_000L);
    Files.setLastModifiedTime(source, time);
    Path config =
        Files.writeString(
            home.resolve("alloc.cfg"),
            "interleaved_alloc: {nbuckets: 2, nstrips: 2, chunk_size: 2M}");
    Map<String, String> environment = Map.of("FAMFS_ALLOC_CFG", config.toString());
    Launched.run(
            home,
            environment,
            Launched.command("famfs", "cp", "-r", "-p", "-t", "3", tree.getParent(), in("copy")))
        .done();
    assertEquals(2, strips(in("copy/large")).size());
    assertArrayEquals(large, Files.readAllBytes(in("copy/large")));
    assertEquals(time, Files.getLastModifiedTime(in("copy/large")));
    Launched.famfs(home, "cp", "-r", "-c", tree.getParent(), in("copy")).done();
    Files.writeString(tree.resolve("new"), "new");
    String missing = Launched.famfs(home, "cp", "-rc", tree.getParent(), in("copy")).refused();
    assertTrue(missing.endsWith("/copy/sub/new does not exist"), missing);
    assertTrue(!Files.exists(in("copy/sub/new")));
    large[30_000_000] = (byte) (large[30_000_000] ^ 1);
    Files.write(source, large);
    String resumed =
        Launched.famfs(home, "cp", "-r", "--resume", "--json", tree.getParent(), in("copy"))
            .done()
            .text();
    assertTrue(resumed.replaceAll("\\s", "").contains("\"files\":14,\"unchanged\":12"), resumed);
    Launched.famfs(home, "cp", "-r", "-c", tree.getParent(), in("copy")).done();
    String name = "n".repeat(75);
    Files.writeString(tree.resolve(name), "x");
    String refused = Launched.famfs(home, "cp", "-r", tree.getParent(), in("copy")).refused();
    assertTrue(refused.contains("copy/sub/" + name) && refused.contains("79 bytes"), refused);
  }

  @Test
  void aCopyThatIsToldToEndLeavesWholeFilesAndFreeSpace() throws Exception {
    Launched.famfs(home, "umount", mountPoint).done();
    Path tree = Files.createDirectory(home.resolve("tree"));
    byte[] bytes = new byte[128 << 20];
    new SplittableRandom(8).nextBytes(bytes);
    Path large = Files.write(home.resolve("large"), bytes);
    Files.writeString(tree.resolve("a"), "a");
    for (int i = 1; i <= 8; i++) {
      Files.createLink(tree.resolve("b" + i), large);
    }
    long before = free();
    List<String> command =
        Launched.command("famfs", "cp", "-rv", "-t", "1", "--device", device, tree, "/");
    Process copy = Launched.prepared(home, Map.of(), command).start();
    try (var lines = copy.inputReader()) {
      assertTrue(lines.readLine().endsWith(":/a"));
      copy.destroy();
      assertTrue(copy.waitFor() != 0);
    }
    List<String> whole =
        Launched.famfs(home, "ls", "--device", device).done().text().lines().toList();
    assertEquals("a", whole.getFirst());
    assertTrue(whole.size() < 9, "it was told to end after the first file: " + whole);
    long unit = 2 << 20;
    long taken = (whole.size() - 1L) * bytes.length;
    assertEquals(before - unit - taken, free());
    for (String name : whole) {
      Launched.famfs(home, "cp", "-c", "--device", device, tree.resolve(name), name).done();
    }
    // And once more, to the end.
    Launched.famfs(home, "cp", "-r", "--resume", "--device", device, tree, "/").done();
    Launched.famfs(home, "cp", "-rc", "--device", device, tree, "/").done();
  }

  private long free() throws IOException, InterruptedException {
    String json = Launched.famfs(home, "fsck", "--json", device).done().text();
    return Long.parseLong(json.replaceAll("(?s).*\"free_bytes\": ?(\\d+).*", "$1"));
  }
}

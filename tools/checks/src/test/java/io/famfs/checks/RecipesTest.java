package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.e2e.Guest;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestRun;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.HookResult;
import io.famfs.e2e.LibvirtSchema;
import io.famfs.e2e.VmUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What `RECIPES.md` tells people to type is typed: the server is started, QEMU gets those words,
/// the guest mounts, and what it has mounted works.
class RecipesTest {
  private static final Path RECIPES = Launched.ROOT.resolve("tools/e2e/RECIPES.md");
  private static final String DEVICE = "/dev/shm/shared.img";
  private static final String SOCKETS = "/run/famfs/";
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Pattern FENCE =
      Pattern.compile("^```(\\w+)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern ARGUMENT = Pattern.compile("<qemu:arg value='([^']*)'/>");

  /// In every mount a file can be made or is refused as read-only, and what was mapped is stored.
  private static final String USED =
      """
      no() { echo "FAILED: $*"; exit 1; }
      used() {
        case $(grep " $1 virtiofs " /proc/mounts) in
          '') no "$1 is not mounted" ;;
          *' ro,'*) ls $1/scratch > /dev/null && ! touch $1/new 2> /dev/null || no "$1" ;;
          *) echo made > $1/new && [ "$(cat $1/new)" = made ] || no "$1" ;;
        esac
      }
      """;

  private static final String STORED =
      """
      for directory in $(grep virtiofs /proc/mounts | cut -d ' ' -f 2); do used $directory; done
      for file in /mnt/scratch /whole/scratch; do
        [ ! -e $file ] || { gtest fill $file 0 8m 3 mmap && gtest check $file 0 8m 3 read; } || no $file
      done
      """;

  private MemoryFolder memory;
  private Path home;

  @BeforeEach
  void makeFolder() throws IOException {
    memory = MemoryFolder.make();
    home = memory.path();
  }

  @AfterEach
  void removeFolder() throws IOException {
    memory.close();
  }

  /// A part of the document under its own heading.
  private record Recipe(String title, List<String> blocks) {
    static List<Recipe> read(String kind) throws IOException {
      List<Recipe> recipes = new ArrayList<>();
      for (String part : Files.readString(RECIPES).split("\n## ", -1)) {
        List<String> blocks = new ArrayList<>();
        Matcher fence = FENCE.matcher(part);
        while (fence.find()) {
          if (fence.group(1).equals(kind)) {
            blocks.add(fence.group(2));
          }
        }
        recipes.add(new Recipe(part.lines().findFirst().orElse(""), blocks));
      }
      return recipes;
    }
  }

  private String here(String text) {
    return text.replace(DEVICE, home.resolve("shared.img").toString())
        .replace(SOCKETS, home + "/")
        .replace("\\\n", " ")
        .strip();
  }

  private List<String> words(String command) {
    return List.of(here(command).split("\\s+"));
  }

  private void makeVolume() throws Exception {
    String commands = Recipe.read("sh").getFirst().blocks().getFirst();
    Map<String, String> path =
        Map.of("PATH", Launched.BIN + ":" + System.getenv().getOrDefault("PATH", ""));
    Launched run = Launched.run(home, path, List.of("sh", "-ec", here(commands)));
    assertEquals(0, run.code(), run.err());
  }

  /// Boots a guest with these words and lets it mount.
  private void boot(List<String> hardware, String mounts) throws Exception {
    String name = "recipe-" + hardware.hashCode();
    Path console = Path.of("target", "guest-consoles", name + ".log");
    GuestSpec spec =
        GuestSpec.of(console, USED + "set -e\n" + mounts + STORED)
            .hardware(hardware)
            .timeLimit(LIMIT)
            .hook(_ -> HookResult.ok());
    try (GuestRun run = Guest.start(CheckVm.image(), spec)) {
      GuestResult result = run.await();
      assertTrue(result.passed(), result::summary);
    }
  }

  private void served(String server, List<String> hardware, String mounts) throws Exception {
    List<String> words = words(server);
    assertEquals("famfs", words.getFirst());
    Process process = Launched.server(home, words.subList(1, words.size()).toArray());
    boot(hardware, mounts);
    process.destroy();
    assertEquals(0, Launched.end(process), Launched.errorsOf(home));
    Launched.famfs(home, "fsck", home.resolve("shared.img")).done();
  }

  @TestFactory
  List<DynamicTest> everyGuestMountsAndUsesWhatItIsGiven() throws Exception {
    CheckVm.image();
    List<Recipe> guests =
        Recipe.read("sh").stream().filter(recipe -> recipe.blocks().size() == 3).toList();
    assertTrue(guests.size() >= 4, guests::toString);
    return guests.stream()
        .map(recipe ->
            DynamicTest.dynamicTest(
                recipe.title(),
                () -> {
                  makeVolume();
                  List<String> qemu = words(recipe.blocks().get(1));
                  assertEquals("qemu-system-x86_64", qemu.getFirst());
                  served(
                      recipe.blocks().getFirst(),
                      qemu.subList(1, qemu.size()),
                      recipe.blocks().getLast());
                  Files.delete(home.resolve("shared.img"));
                }))
        .toList();
  }

  @Test
  void libvirtTakesItsDocuments() throws Exception {
    LibvirtSchema schema;
    try {
      schema = LibvirtSchema.obtain(CheckVm::say);
    } catch (VmUnavailableException e) {
      throw CheckVm.skipped(e);
    }
    List<String> documents = xml();
    assertEquals(2, documents.size());
    for (String document : documents) {
      assertEquals("", schema.complaints(document));
    }
    String wrong = documents.getFirst().replace("<source socket=", "<source sock=");
    assertTrue(!schema.complaints(wrong).isEmpty(), "a mistake is noticed");
  }

  private static List<String> xml() throws IOException {
    return Recipe.read("xml").stream().flatMap(recipe -> recipe.blocks().stream()).toList();
  }

  /// What libvirt passes through makes the device of the first recipe.
  @Test
  void wordsThatLibvirtPassesThroughAreThoseOfTheGuestThatMaps() throws Exception {
    String passed =
        ARGUMENT
            .matcher(xml().getLast())
            .results()
            .map(argument -> argument.group(1))
            .collect(Collectors.joining(" "));
    String first = String.join(" ", Recipe.read("sh").get(1).blocks().get(1).split("[\\s\\\\]+"));
    assertTrue(!passed.isEmpty() && first.contains(passed), first + "\n" + passed);
  }
}

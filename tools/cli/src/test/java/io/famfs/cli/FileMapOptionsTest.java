package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.fmap.ExtentCachePolicy;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.MapOptions;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class FileMapOptionsTest {
  private static FileMapOptions parse(String... arguments) {
    CommandLine line = new CommandLine(new FileMapOptions());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.parseArgs(arguments);
    return line.getCommand();
  }

  private static MapOptions guests(String... arguments) {
    return parse(arguments).forGuests(ClientOptions.standard()).maps();
  }

  @Test
  void guestsAreToldNothingUnlessTheirPathsAreGiven() {
    assertEquals(MapOptions.none(), guests());
    assertEquals(
        List.of("/dev/dax0.0", "/dev/dax1.0"),
        guests("--fmap-devices", "/dev/dax0.0,/dev/dax1.0").devicePaths());
    assertEquals(MapOptions.none(), guests("--fmap=off", "--fmap-devices=/dev/dax0.0"));
    assertEquals(44, guests("--extent-replies=44").extentReplyBit());
  }

  @Test
  void theKernelOfThisHostIsGivenOnlyDevicesItCanMap() throws IOException {
    MappedDaxDevice device = DaxDevices.memfd("options", 64 * ByteSize.MIB);
    Volume volume = Volume.format(List.of(device), FormatOptions.ownedBy(new UUID(1, 2)));
    try (OpenVolume opened = new OpenVolume(volume, List.of(device))) {
      ClientOptions clients = ClientOptions.standard();
      assertEquals(MapOptions.none(), parse().forHost(clients, opened).maps());
      assertEquals(
          MapOptions.none(),
          parse("--fmap=off", "--fmap-devices=/dev/null").forHost(clients, opened).maps());
      FileMapOptions wrong = parse("--fmap-devices=/dev/null");
      String said =
          String.valueOf(
              assertThrows(CliException.class, () -> wrong.forHost(clients, opened)).getMessage());
      assertTrue(said.contains("/dev/null is no dax device"), said);
      assertTrue(said.contains("fsdev_dax"), said);
    }
  }

  @Test
  void theCacheOfListsFollowsItsPolicy() {
    FamfsOptions standard = FamfsOptions.standard();
    assertEquals(ExtentCachePolicy.keep(), parse().apply(standard).extentCache());
    assertEquals(
        ExtentCachePolicy.lru(9), parse("--extent-cache=lru:9").apply(standard).extentCache());
    assertThrows(CommandLine.ParameterException.class, () -> parse("--extent-cache=some"));
    assertThrows(CommandLine.ParameterException.class, () -> parse("--fmap=perhaps"));
  }

  @Test
  void whatCannotBeIsMisuse() {
    assertThrows(CliException.class, () -> guests("--extent-replies=43"));
    assertThrows(CliException.class, () -> guests("--fmap-devices=dax0.0"));
  }

  @Test
  void theOptionsOfAnotherCommandAreThoseOfThis() {
    for (String[] given :
        new String[][] {
          {},
          {"--fmap=off"},
          {"--fmap-devices=/dev/dax0.0,/dev/dax1.0", "--extent-cache=lru:3"},
          {"--extent-replies=50", "--extent-cache=close"}
        }) {
      List<String> arguments = parse(given).arguments();
      FileMapOptions again = parse(arguments.toArray(String[]::new));
      assertEquals(arguments, again.arguments());
      assertEquals(guests(given), again.forGuests(ClientOptions.standard()).maps());
    }
  }
}

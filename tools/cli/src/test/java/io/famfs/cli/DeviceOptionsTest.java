package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DeviceOptionsTest {

  private static DeviceOptions parse(String... arguments) {
    DeviceOptions options = new DeviceOptions();
    new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(options)).parseArgs(arguments);
    return options;
  }

  @Test
  void severalDevicesAreRepeatedOrSeparatedByCommas() {
    List<Path> three = List.of(Path.of("a"), Path.of("b"), Path.of("c"));
    assertEquals(three, parse("--device", "a", "--device", "b", "--device", "c").devices().paths());
    assertEquals(three, parse("--device", "a,b", "--device=c").required().paths());
    assertEquals(three, parse("--device=a,b,c").locate("/x/../d").devices().paths());
    assertEquals("d", parse("--device=a,b,c").locate("/x/../d").path());
  }

  @Test
  void withoutADeviceThePathHasToBeInAMount() {
    assertEquals(List.of(), parse().devices().paths());
    assertThrows(CliException.class, () -> parse().locate("/proc/nowhere"));
    CliException e = assertThrows(CliException.class, () -> parse().required());
    assertTrue(e.misuse());
    assertTrue(e.getMessage().contains("--device"));
  }
}

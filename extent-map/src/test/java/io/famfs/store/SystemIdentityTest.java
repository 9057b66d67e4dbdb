package io.famfs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemIdentityTest {
  @TempDir private Path directory;

  @Test
  void aNewIdentityIsKept() throws Exception {
    Path file = directory.resolve("famfs/system_uuid");
    assertNull(SystemIdentity.read(file));
    UUID made = SystemIdentity.readOrCreate(file);
    assertEquals(made, SystemIdentity.readOrCreate(file));
    assertEquals(made, SystemIdentity.read(file));
    assertEquals("r--r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(
        "rwxr-xr-x",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(file.resolveSibling(""))));
    assertEquals(made + "\0", Files.readString(file, StandardCharsets.US_ASCII));
    try (var files = Files.list(directory.resolve("famfs"))) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void theTextMayEndInNulOrNewlineOrNothing() throws Exception {
    UUID uuid = UUID.fromString("59c2fdce-7db2-415f-bbfa-54ddb84d8138");
    for (String end : new String[] {"", "\n", "\0", "\0\n"}) {
      Path file = Files.writeString(directory.resolve("uuid"), uuid + end);
      assertEquals(uuid, SystemIdentity.read(file));
    }
    Files.writeString(directory.resolve("uuid"), "59C2FDCE-7DB2-415F-BBFA-54DDB84D8138");
    assertEquals(uuid, SystemIdentity.read(directory.resolve("uuid")));
  }

  @Test
  void whatIsNoUuidIsRefusedAndKept() throws Exception {
    Path file = directory.resolve("uuid");
    for (String text :
        new String[] {
          "",
          "x",
          "59c2fdce-7db2-415f-bbfa-54ddb84d813",
          "5".repeat(36),
          "59c2fdce-7db2-415f-bbfa-54ddb84d8138x",
          "1-1-1-1-1" + "\0".repeat(27)
        }) {
      Files.writeString(file, text);
      assertThrows(StoreException.class, () -> SystemIdentity.read(file), text);
      assertThrows(StoreException.class, () -> SystemIdentity.readOrCreate(file), text);
      assertEquals(text, Files.readString(file));
    }
  }
}

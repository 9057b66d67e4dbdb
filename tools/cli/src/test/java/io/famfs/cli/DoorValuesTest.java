package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.doors.DoorPlan;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.server.ClientOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DoorValuesTest {
  private static DoorPlan.Socket plan(String defaults, String socket) {
    DoorValues.Named named = DoorValues.parse("--socket", socket);
    DoorValues all = DoorValues.parse("--defaults", "x" + defaults).values();
    return new DoorPlans(ClientOptions.standard(), all).socket(named.path(), named.values());
  }

  @Test
  void aSocketSaysMoreThanTheDefaults() {
    DoorPlan.Socket plan =
        plan(
            ",tag=all,window=64M,queues=2",
            "/run/a,tag=own,notifications,arch=aarch64,request-timeout=7");
    assertEquals(Path.of("/run/a"), plan.options().socket());
    assertEquals("own", plan.options().tag());
    assertEquals(64L << 20, plan.options().windowBytes());
    assertEquals(2, plan.options().requestQueues());
    assertTrue(plan.options().notifications());
    assertEquals(ClientArchitecture.ARM64, plan.clients().architecture());
    assertEquals(Duration.ofSeconds(7), plan.clients().requestTimeout());
  }

  @Test
  void whatNobodySaysHasAStandard() {
    DoorPlan.Socket plan = plan(",tag=t", "s");
    assertEquals(1, plan.options().requestQueues());
    assertEquals(0, plan.options().windowBytes());
    assertEquals(Duration.ofMinutes(2), plan.clients().requestTimeout());
    assertNull(plan.clients().architecture());
  }

  @Test
  void whatIsWrongIsNamedWithItsDoor() {
    Map.of(
            "s,wndow=x", "--socket s: unknown key 'wndow': did you mean window?",
            "s,colour=red", "--socket s: unknown key 'colour': there are tag, ",
            "s,tag", "--socket s: 'tag' has no value",
            "s,tag=a,tag=b", "--socket s: 'tag' is there twice",
            "s,window=x", "--socket s: 'window': ",
            "s,window=3M", "s: ",
            "s,queues=0", "--socket s: 'queues' is '0', not a number from 1 to 64",
            "s,arch=vax", "--socket s: 'arch': 'vax' is not a machine",
            "s", "s: the socket has no tag",
            ",tag=x", "--socket: the path is empty")
        .forEach((text, message) -> {
          CliException refused = assertThrows(CliException.class, () -> plan("", text), text);
          assertTrue(refused.misuse(), text);
          assertTrue(refused.getMessage().startsWith(message), refused.getMessage());
        });
  }
}

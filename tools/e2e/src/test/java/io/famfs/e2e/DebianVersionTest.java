package io.famfs.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DebianVersionTest {
  private static int sign(String a, String b) {
    return Integer.signum(new DebianVersion(a).compareTo(new DebianVersion(b)));
  }

  @Test
  void versionsAreOrderedAsThePolicySays() {
    List<String> ascending =
        List.of(
            "0~",
            "0",
            "1.0~~",
            "1.0~~a",
            "1.0~",
            "1.0~rc1-1",
            "1.0",
            "1.0-0+b1",
            "1.0-1~bpo12+1",
            "1.0-1",
            "1.0-1+b9",
            "1.0a",
            "1.0+",
            "1.0.1",
            "1.2",
            "1.10",
            "1:0.5",
            "2:0");
    for (int i = 0; i < ascending.size(); i++) {
      for (int j = 0; j < ascending.size(); j++) {
        String pair = ascending.get(i) + " and " + ascending.get(j);
        assertEquals(Integer.compare(i, j), sign(ascending.get(i), ascending.get(j)), pair);
      }
    }
  }

  @Test
  void leadingZerosDoNotCount() {
    assertEquals(0, sign("1.007", "1.7"));
    assertEquals(0, sign("0:1.0", "1.0"));
  }

  @Test
  void theBoundsOfThisProjectAcceptWhatIsNewEnough() {
    assertTrue(new DebianVersion("1:11.1.3+ds-1~bpo13+1").atLeast(Wanted.QEMU_AT_LEAST));
    assertTrue(new DebianVersion("1:12.0.0+ds-1").atLeast(Wanted.QEMU_AT_LEAST));
    assertFalse(new DebianVersion("1:10.0.13+ds-0+deb13u1").atLeast(Wanted.QEMU_AT_LEAST));
    assertTrue(
        new DebianVersion("7.3.4-1~bpo13+1").atLeast(GuestMachine.X86_64.kernel().atLeast()));
    assertTrue(new DebianVersion("7.10.1-1").atLeast(GuestMachine.X86_64.kernel().atLeast()));
    assertFalse(new DebianVersion("6.12.107-1").atLeast(GuestMachine.X86_64.kernel().atLeast()));
  }

  @Test
  void theUpstreamPartIsCutOut() {
    assertEquals("11.1.3+ds", new DebianVersion("1:11.1.3+ds-1~bpo13+1").upstream());
    assertEquals("7", new DebianVersion("7").upstream());
  }

  /// 40 pairs: each costs a process.
  @Test
  void dpkgAgrees() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/dpkg")), "no dpkg here to compare with");
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 40; i++) {
      String a = randomVersion(random);
      String b = random.nextInt(3) == 0 ? a + "~" : randomVersion(random);
      String operator = sign(a, b) < 0 ? "lt" : sign(a, b) > 0 ? "gt" : "eq";
      Command.Outcome dpkg =
          Command.of("/usr/bin/dpkg", "--compare-versions", a, operator, b)
              .run(Duration.ofMinutes(1));
      assertFalse(dpkg.failed(), () -> "seed " + seed + ": " + a + " " + operator + " " + b);
    }
  }

  private static String randomVersion(SplittableRandom random) {
    StringBuilder text = new StringBuilder("1");
    String signs = "019.a~+Z-";
    for (int n = random.nextInt(8); n > 0; n--) {
      text.append(signs.charAt(random.nextInt(signs.length())));
    }
    return text + "1";
  }
}

package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `.mvn/find-jdk.sh`, which the launchers and `./mvnw` share.
class JdkSearchTest {
  private static final String SCRIPT = Launched.ROOT.resolve(".mvn/find-jdk.sh").toString();

  @TempDir private Path home;

  /// A folder that looks like a JDK of some version.
  private Path jdk(String name, String version) throws IOException {
    Path jdk = home.resolve(name);
    Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho 'the wrong java' >&2\nexit 9\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  private Launched search(String script, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-euc", ". \"$0\"; " + script, SCRIPT);
    for (String name : List.of("FAMFS_JAVA_HOME", "JAVA_HOME", "JDK_HOME")) {
      builder.environment().remove(name);
    }
    builder.environment().put("HOME", home.toString());
    builder.environment().putAll(environment);
    return Launched.finish(builder, 30);
  }

  @Test
  void anOlderJdkInTheEnvironmentOrOnThePathDoesNotStopTheSearch() throws Exception {
    Path old = jdk("jdk-17", "17.0.9");
    String path = old.resolve("bin") + ":" + System.getenv("PATH");
    Map<String, String> environment =
        Map.of("JAVA_HOME", old.toString(), "FAMFS_JAVA_HOME", "/nowhere", "PATH", path);
    Launched run = Launched.run(home, environment, Launched.command("famfs", "--version"));
    assertTrue(run.done().text().startsWith("famfs-server "), run.text());
    assertNotEquals(old.toString(), search("find_jdk java", environment).done().text().strip());
  }

  @Test
  void theFirstOneThatIsNewEnoughIsTaken() throws Exception {
    Path given = jdk("given", "25.0.1");
    Path newer = jdk("newer", "26-ea");
    assertEquals(
        given + "\n",
        search(
                "find_jdk java",
                Map.of("FAMFS_JAVA_HOME", given.toString(), "JAVA_HOME", newer.toString()))
            .done()
            .text());
    assertEquals(
        newer + "\n", search("find_jdk java", Map.of("JDK_HOME", newer.toString())).done().text());
  }

  @Test
  void aFolderWithoutTheProgramIsNoJdk() throws Exception {
    Path given = jdk("runtime", "25.0.1");
    assertNotEquals(
        given + "\n",
        search("find_jdk javac", Map.of("FAMFS_JAVA_HOME", given.toString())).done().text());
  }

  @Test
  void theNewestOfTheUsualFoldersIsTaken() throws Exception {
    Path newest = jdk(".jdks/made-up", "999.0.1");
    jdk(".jdks/older", "998");
    String found = search("find_jdk java", Map.of("PATH", "/nowhere:/usr/bin:/bin")).text().strip();
    boolean onPath = Files.exists(Path.of("/usr/bin/java"));
    assertTrue(onPath || found.equals(newest.toString()), found);
  }

  @Test
  void withoutAnyTheLauncherSaysSoInOneSentence() throws Exception {
    // The real search, asked for a version that nobody has.
    Launched run = search("MIN_JDK=99999; find_jdk java", Map.of());
    assertEquals(1, run.code());
    assertEquals("", run.text());
    assertEquals(
        "famfs: no JDK 99999 or newer found: install one (Debian: openjdk-99999-jdk) or set"
            + " FAMFS_JAVA_HOME to it.\n",
        run.err());
  }

  @Test
  void theLauncherItselfSaysSoWhereEveryJdkIsHidden() throws Exception {
    Privileges.assumeRoot();
    String script =
        "for d in /usr/lib/jvm /usr/java /opt; do"
            + " if [ -d $d ]; then mount -t tmpfs none $d; fi; done;"
            + " exec env -i HOME=/nonexistent PATH=/usr/bin:/bin:/usr/sbin:/sbin \"$0\" --version";
    Launched run =
        Launched.run(
            home,
            Map.of(),
            List.of("unshare", "-m", "sh", "-ec", script, Launched.launcher("famfs")));
    assertTrue(run.refused().startsWith("famfs: no JDK 25 or newer found: install one"), run.err());
  }
}

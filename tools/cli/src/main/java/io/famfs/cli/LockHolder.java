package io.famfs.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/// Names the process that uses a device.
final class LockHolder {
  private static final String OUR_MAIN = "io.famfs.cli.";
  private static final int MAX_CHARACTERS = 120;

  private LockHolder() {}

  /// "process 1234 (famfs mount /dev/dax0.0 /mnt)", as far as it can be found out.
  static String describe(OptionalLong pid) {
    if (pid.isEmpty()) {
      return "another process";
    }
    String command = command(pid.getAsLong());
    return "process " + pid.getAsLong() + (command.isEmpty() ? "" : " (" + command + ")");
  }

  private static String command(long pid) {
    try {
      String line =
          Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
      return command(List.of(line.split("\0", -1)));
    } catch (IOException e) {
      // It has ended meanwhile.
      return "";
    }
  }

  /// The command as a user wrote it: what starts a program of ours is left out.
  static String command(List<String> arguments) {
    String text = String.join(" ", arguments);
    for (int i = 0; i < arguments.size(); i++) {
      String main = arguments.get(i).substring(arguments.get(i).lastIndexOf('/') + 1);
      if (main.startsWith(OUR_MAIN)) {
        String name = main.equals(MkfsMain.class.getName()) ? "mkfs.famfs " : "famfs ";
        text = name + String.join(" ", arguments.subList(i + 1, arguments.size()));
      }
    }
    return printable(text.strip());
  }

  private static String printable(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    String decoded = new String(bytes, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    return decoded.length() <= MAX_CHARACTERS
        ? decoded
        : decoded.substring(0, MAX_CHARACTERS) + "...";
  }
}

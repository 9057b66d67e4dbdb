package io.famfs.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// This program as a command line, to start it a second time.
final class OwnProgram {
  private OwnProgram() {}

  /// The words that run `famfs` with arguments, on the same Java, from the same files.
  static List<String> command(String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    words.addAll(List.of("-XX:+UseSerialGC", "-Xmx1g"));
    String modules = System.getProperty("jdk.module.path", "");
    if (modules.isEmpty()) {
      words.add("--enable-native-access=ALL-UNNAMED");
      words.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
      words.add(Main.class.getName());
    } else {
      words.add("--enable-native-access=io.famfs.dax");
      words.addAll(List.of("--module-path", modules));
      words.addAll(List.of("--module", "io.famfs.cli/" + Main.class.getName()));
    }
    words.addAll(List.of(arguments));
    return words;
  }
}

package io.famfs.e2e;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A Java program in a process of its own that finds what this process finds, be it on the class
/// path or on the module path.
public final class JavaCommand {
  private JavaCommand() {}

  /// How it is started.
  ///
  /// @param options of the Java machine, beside those that all need
  public static List<String> of(List<String> options, Class<?> main, String... arguments) {
    String path =
        System.getProperty("java.class.path")
            + File.pathSeparator
            + System.getProperty("jdk.module.path", "");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(options);
    command.addAll(List.of("-cp", path, main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}

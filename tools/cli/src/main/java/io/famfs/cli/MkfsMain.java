package io.famfs.cli;

/// `mkfs.famfs [OPTIONS] DEVICE [DEVICE ...]`.
public final class MkfsMain {
  private MkfsMain() {}

  /// Makes a file system and ends the process: 0 done, 1 refused or failed, 2 wrong usage.
  public static void main(String[] args) {
    System.exit(CommandLines.run(new MkfsCommand(), args));
  }
}

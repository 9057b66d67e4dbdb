package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs ls`.
@Command(name = "ls", description = "Lists files and directories.")
final class LsCommand extends BaseCommand {
  @Option(
      names = {"-?", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print version information and exit.")
  boolean version;

  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(
      names = {"-l", "--long"},
      description = "Mode, owner, group and size, too.")
  private boolean all;

  @Option(
      names = {"-R", "--recursive"},
      description = "Everything below, too.")
  private boolean recursive;

  @Option(
      names = {"-a", "--all"},
      description = "The directory itself and the one above, too. Names with a dot always show.")
  private boolean dots;

  @Option(
      names = {"-h", "--human"},
      description = "With -l: sizes with k, M, G, T.")
  private boolean human;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Parameters(arity = "0..1", paramLabel = "PATH", defaultValue = ".", description = "Where.")
  private String path = ".";

  @Override
  public Integer call() throws IOException {
    Location location = devices.locate(path);
    try (OpenVolume opened = OpenVolume.forReading(location.devices())) {
      opened.warn(err());
      Inode start = Inodes.find(opened, location);
      List<Inode> found = new ArrayList<>();
      if (start instanceof DirectoryInode directory) {
        collect(directory, found);
      } else {
        found.add(start);
      }
      print(found, start);
    }
    return DONE;
  }

  private void collect(DirectoryInode directory, List<Inode> found) {
    List<Inode> children = directory.children();
    children.sort(Comparator.comparing(Inode::path));
    for (Inode child : children) {
      found.add(child);
      if (recursive && child instanceof DirectoryInode below) {
        collect(below, found);
      }
    }
  }

  private void print(List<Inode> found, Inode start) {
    if (json) {
      StringBuilder text = new StringBuilder();
      JsonWriter writer = new JsonWriter(text).beginArray();
      found.forEach(inode -> Inodes.write(writer, inode));
      writer.endArray();
      out().println(text);
    } else {
      if (dots && start instanceof DirectoryInode) {
        line(start, ".");
        line(start.parent(), "..");
      }
      for (Inode inode : found) {
        String name = Inodes.printable(relative(inode, start));
        line(inode, name);
      }
    }
    out().flush();
  }

  private void line(Inode inode, String name) {
    out().println(all ? Inodes.longLine(inode, name, human) : name + suffix(inode));
  }

  private static String relative(Inode inode, Inode start) {
    String path = inode.path();
    if (start instanceof FileInode || start.path().isEmpty()) {
      return path;
    }
    return path.substring(start.path().length() + 1);
  }

  private static String suffix(Inode inode) {
    return inode instanceof DirectoryInode ? "/" : "";
  }
}

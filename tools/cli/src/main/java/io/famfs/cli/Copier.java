package io.famfs.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/// Carries out a [CopyPlan]. One failure does not stop the rest; each is reported and counted.
final class Copier {
  private static final int PERMISSIONS = 0777;

  private final TreeWriter writer;
  private final IntFunction<TreeWriter.Ownership> ownership;
  private final Progress progress;
  private final Consumer<String> onFailure;
  private final Set<String> failedDirectories = new HashSet<>();
  private Consumer<String> onCopied = _ -> {};
  private int files;
  private int directories;
  private int failures;
  private long bytes;

  /// @param ownership gives owner and mode from the mode of the source
  Copier(
      TreeWriter writer,
      IntFunction<TreeWriter.Ownership> ownership,
      Progress progress,
      Consumer<String> onFailure) {
    this.writer = writer;
    this.ownership = ownership;
    this.progress = progress;
    this.onFailure = onFailure;
  }

  void onCopied(Consumer<String> listener) {
    onCopied = listener;
  }

  int files() {
    return files;
  }

  int directories() {
    return directories;
  }

  int failures() {
    return failures;
  }

  long bytes() {
    return bytes;
  }

  void run(CopyPlan plan, Location destination) throws IOException {
    TreeWriter.Present present = writer.find(destination.path());
    boolean into = present != null && present.directory();
    boolean missing = present == null && !plan.makesDestination();
    if (plan.intoDirectory() && !into && (present != null || missing)) {
      throw new CliException(destination.display() + " is not a directory");
    }
    for (CopyPlan.Item item : plan.items()) {
      Location target = destination;
      if (!item.target().isEmpty() && (into || plan.intoDirectory())) {
        target = destination.child(item.target());
      }
      copyOrReport(item, target);
    }
  }

  private void copyOrReport(CopyPlan.Item item, Location target) throws IOException {
    if (failedDirectories.stream().anyMatch(d -> target.path().startsWith(d + "/"))) {
      failures++;
      return;
    }
    try {
      if (item.directory()) {
        copyDirectory(item, target);
      } else {
        copyFile(item, target);
      }
    } catch (IOException | CliException e) {
      failures++;
      if (item.directory()) {
        failedDirectories.add(target.path());
      }
      onFailure.accept(item.source() + ": " + reason(e));
    }
  }

  private static String reason(Exception e) throws IOException {
    try {
      return CommandLines.describe(e);
    } catch (IOException | RuntimeException unexpected) {
      throw unexpected;
    } catch (Exception unexpected) {
      throw new IOException(unexpected);
    }
  }

  private void copyDirectory(CopyPlan.Item item, Location target) throws IOException {
    TreeWriter.Present present = writer.find(target.path());
    if (present == null) {
      writer.mkdir(target.path(), ownership.apply(mode(item.source())));
      directories++;
    } else if (!present.directory()) {
      throw new CliException(target.display() + " is not a directory");
    }
  }

  private void copyFile(CopyPlan.Item item, Location target) throws IOException {
    if (!Files.isRegularFile(item.source())) {
      throw new CliException("neither a file nor a directory");
    }
    TreeWriter.Present present = writer.find(target.path());
    try (FileChannel source = FileChannel.open(item.source(), StandardOpenOption.READ)) {
      long size = source.size();
      if (present == null) {
        writer.create(
            target.path(), size, ownership.apply(mode(item.source())), source, progress::add);
      } else if (!present.directory() && present.sizeBytes() == size) {
        writer.overwrite(target.path(), size, source, progress::add);
      } else {
        throw new CliException(
            target.display()
                + " exists already"
                + (present.directory() ? "" : " with another size"));
      }
      files++;
      bytes += size;
      onCopied.accept(item.source() + " -> " + target.display());
    }
  }

  private static int mode(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode") & PERMISSIONS;
  }
}

package io.famfs.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Carries out a [CopyPlan]. One failure does not stop the rest; each is reported and counted.
///
/// Directories are made and space is taken in the order of the plan, and files appear in the order
/// of the plan, whatever the number of threads.
final class Copier {
  private final Tree tree;
  private final CopyRules rules;
  private final Progress progress;
  private final Consumer<String> onFailure;
  private final Set<String> failedDirectories = new HashSet<>();
  private final Set<String> begunFiles = new HashSet<>();
  private final List<Path> timedSources = new ArrayList<>();
  private final List<String> timedDirectories = new ArrayList<>();
  private Consumer<String> onCopied = _ -> {};
  private int files;
  private int unchanged;
  private int directories;
  private int failures;
  private long bytes;

  Copier(Tree tree, CopyRules rules, Progress progress, Consumer<String> onFailure) {
    this.tree = tree;
    this.rules = rules;
    this.progress = progress;
    this.onFailure = onFailure;
  }

  void onCopied(Consumer<String> listener) {
    onCopied = listener;
  }

  /// Files that are equal to their sources now.
  int files() {
    return files;
  }

  /// Those of [#files()] that were equal already.
  int unchanged() {
    return unchanged;
  }

  /// Directories that were made.
  int directories() {
    return directories;
  }

  /// Files and directories that are not what they should be.
  int failures() {
    return failures;
  }

  /// Bytes of [#files()].
  long bytes() {
    return bytes;
  }

  void run(CopyPlan plan, Location destination) throws IOException {
    Tree.Present present = tree.find(destination.path());
    boolean into = present != null && present.directory();
    boolean missing = present == null && !plan.makesDestination();
    if (plan.intoDirectory() && !into && (present != null || missing)) {
      throw new CliException(destination.display() + " is not a directory");
    }
    try (WorkQueue queue = new WorkQueue(rules.threads())) {
      for (CopyPlan.Item item : plan.items()) {
        Location target = destination;
        if (!item.target().isEmpty() && (into || plan.intoDirectory())) {
          target = destination.child(item.target());
        }
        CopyWork work = beginOrReport(item, target);
        if (work != null) {
          queue.add(work);
        }
      }
      queue.finish();
    }
    setDirectoryTimes();
  }

  private @Nullable CopyWork beginOrReport(CopyPlan.Item item, Location target) {
    if (failedDirectories.stream().anyMatch(d -> target.path().startsWith(d + "/"))) {
      failures++;
      return null;
    }
    try {
      if (item.directory()) {
        copyDirectory(item, target);
        return null;
      }
      return begin(item, target);
    } catch (IOException | CliException e) {
      if (item.directory()) {
        failedDirectories.add(target.path());
      }
      fail(item.source(), e);
      return null;
    }
  }

  private void fail(Path source, Exception e) {
    failures++;
    onFailure.accept(source + ": " + CommandLines.line(e));
  }

  private void copyDirectory(CopyPlan.Item item, Location target) throws IOException {
    Tree.Present present = tree.find(target.path());
    if (present == null) {
      requireChange(target);
      tree.mkdir(target.path(), rules.ownership().of(item.source()));
      directories++;
      timedSources.add(item.source());
      timedDirectories.add(target.path());
    } else if (!present.directory()) {
      throw new CliException(target.display() + " is not a directory");
    }
  }

  private void requireChange(Location target) {
    if (rules.action() == CopyRules.Action.COMPARE) {
      throw new CliException(target.display() + " does not exist");
    }
  }

  private CopyWork begin(CopyPlan.Item item, Location target) throws IOException {
    if (!Files.isRegularFile(item.source())) {
      throw new CliException("neither a file nor a directory");
    }
    if (!begunFiles.add(target.path())) {
      throw new CliException(target.display() + " is the copy of another source already");
    }
    Tree.Present present = tree.find(target.path());
    CopySource source = CopySource.open(item.source());
    boolean begun = false;
    try {
      CopyWork.Kind kind = kind(target, present, source.sizeBytes());
      TreeFile file =
          present == null
              ? tree.create(
                  target.path(),
                  source.sizeBytes(),
                  rules.ownership().of(item.source()),
                  rules.layouts().next())
              : tree.open(target.path());
      begun = true;
      return new CopyWork(
          kind, source, file, progress, (work, failure) -> end(item, target, work, failure));
    } finally {
      if (!begun) {
        source.close();
      }
    }
  }

  private CopyWork.Kind kind(Location target, Tree.@Nullable Present present, long sizeBytes) {
    if (present == null) {
      requireChange(target);
      return CopyWork.Kind.FRESH;
    }
    if (present.directory()) {
      throw new CliException(target.display() + " exists already");
    }
    if (present.sizeBytes() != sizeBytes) {
      throw new CliException(target.display() + " exists already with another size");
    }
    return switch (rules.action()) {
      case COPY -> CopyWork.Kind.REFILL;
      case RESUME -> CopyWork.Kind.MEND;
      case COMPARE -> CopyWork.Kind.COMPARE;
    };
  }

  private void end(
      CopyPlan.Item item, Location target, CopyWork work, @Nullable Exception failure) {
    if (failure != null) {
      fail(item.source(), failure);
      return;
    }
    try {
      work.source().requireSameSize();
      if (work.firstDifference() != Long.MAX_VALUE) {
        throw new CliException(
            target.display() + " differs from it at byte " + work.firstDifference());
      }
      if (work.kind() == CopyWork.Kind.FRESH || work.written()) {
        work.target().commit();
      }
      if (work.kind() != CopyWork.Kind.COMPARE && rules.keepTimes()) {
        tree.setTime(target.path(), Files.getLastModifiedTime(item.source()));
      }
    } catch (IOException | UncheckedIOException | CliException e) {
      fail(item.source(), e);
      return;
    }
    boolean same = work.kind() != CopyWork.Kind.FRESH && !work.written();
    files++;
    unchanged += same ? 1 : 0;
    bytes += work.source().sizeBytes();
    onCopied.accept(item.source() + (same ? " == " : " -> ") + target.display());
  }

  /// Last of all: what is made in a directory changes its time.
  private void setDirectoryTimes() {
    for (int i = timedDirectories.size() - 1; i >= 0 && rules.keepTimes(); i--) {
      Path source = timedSources.get(i);
      try {
        tree.setTime(timedDirectories.get(i), Files.getLastModifiedTime(source));
      } catch (IOException e) {
        fail(source, e);
      }
    }
  }
}

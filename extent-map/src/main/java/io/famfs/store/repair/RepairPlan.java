package io.famfs.store.repair;

import io.famfs.core.format.Superblock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a repair will do.
public final class RepairPlan {
  private final @Nullable Superblock superblock;
  private final List<RepairAction> actions;
  private final List<String> uncorrected;
  private final List<RepairStep> steps;

  RepairPlan(
      @Nullable Superblock superblock,
      List<RepairAction> actions,
      List<String> uncorrected,
      List<RepairStep> steps) {
    this.superblock = superblock;
    this.actions = List.copyOf(actions);
    this.uncorrected = List.copyOf(uncorrected);
    this.steps = List.copyOf(steps);
  }

  /// The superblock that the volume will have; null when it is beyond repair.
  public @Nullable Superblock superblock() {
    return superblock;
  }

  /// What is done, in the order of the log.
  public List<RepairAction> actions() {
    return actions;
  }

  /// What cannot be done, and why.
  public List<String> uncorrected() {
    return uncorrected;
  }

  /// Whether there is nothing to do.
  public boolean empty() {
    return steps.isEmpty();
  }

  List<RepairStep> steps() {
    return steps;
  }
}

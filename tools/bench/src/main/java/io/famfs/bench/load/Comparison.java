package io.famfs.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The same loads on two back-ends in turn, A B A B, each row several times. What is kept of a row
/// are the medians over its rounds of the ratios within a round, so that what else the machine does
/// meanwhile, which both sides feel, weighs little.
public final class Comparison {
  private final LoadClient ours;
  private final @Nullable LoadClient theirs;
  private final MemoryCopy copy;
  private final int rounds;

  /// A load and the sides that can bear it.
  ///
  /// @param name for the table
  /// @param first what runs on our side
  /// @param second what runs on theirs
  /// @param secondOnTheirs whether the second load runs on their side; on ours otherwise
  public record Row(String name, Load first, Load second, boolean secondOnTheirs) {
    /// The same load on both sides.
    public static Row of(String name, Load load) {
      return new Row(name, load, load, true);
    }
  }

  /// What became of a row: medians over its rounds.
  ///
  /// @param row what it was
  /// @param firstPerSecond requests in a second of the first load
  /// @param secondPerSecond and of the second
  /// @param ratio first divided by second
  /// @param firstCpuNs processor time of the server for a request under the first load
  /// @param secondCpuNs and the second
  /// @param cpuRatio first divided by second
  /// @param ofCopy bytes in a second of the first load by those of a plain copy; NaN without data
  /// @param first the round with the median ratio, first load
  /// @param second and second
  public record Outcome(
      Row row,
      double firstPerSecond,
      double secondPerSecond,
      double ratio,
      double firstCpuNs,
      double secondCpuNs,
      double cpuRatio,
      double ofCopy,
      LoadResult first,
      LoadResult second) {}

  private record Round(LoadResult first, LoadResult second, double copies) {
    double ratio() {
      return first.perSecond() / second.perSecond();
    }
  }

  /// @param theirs the other side; null when there is only ours
  /// @param rounds how often each row runs, after one round that does not count
  public Comparison(LoadClient ours, @Nullable LoadClient theirs, MemoryCopy copy, int rounds) {
    this.ours = ours;
    this.theirs = theirs;
    this.copy = copy;
    this.rounds = rounds;
  }

  /// Runs the rows; each outcome is told as soon as it is there. Rows for a side that is not there
  /// are left out.
  public List<Outcome> run(List<Row> rows, Consumer<Outcome> told)
      throws IOException, InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    for (Row row : rows) {
      if (!row.secondOnTheirs || theirs != null) {
        Outcome outcome = run(row);
        outcomes.add(outcome);
        told.accept(outcome);
      }
    }
    return outcomes;
  }

  private Outcome run(Row row) throws IOException, InterruptedException {
    LoadClient other = theirs;
    LoadClient second = row.secondOnTheirs && other != null ? other : ours;
    List<Round> all = new ArrayList<>();
    for (int i = 0; i <= rounds; i++) {
      LoadResult a = ours.run(row.first);
      LoadResult b = second.run(row.second);
      Round round = new Round(a, b, copies(row.first));
      if (i > 0) {
        all.add(round);
      }
    }
    return outcome(row, all);
  }

  private double copies(Load load) {
    LoadOperation operation = load.operation();
    boolean write = operation.kind() == LoadOperation.Kind.WRITE;
    return write || operation.kind() == LoadOperation.Kind.READ
        ? copy.perSecond(operation.bytes(), write, load.millis())
        : Double.NaN;
  }

  private static Outcome outcome(Row row, List<Round> rounds) {
    Round typical =
        rounds.stream()
            .sorted(Comparator.comparingDouble(Round::ratio))
            .toList()
            .get(rounds.size() / 2);
    return new Outcome(
        row,
        median(rounds.stream().mapToDouble(r -> r.first.perSecond()).toArray()),
        median(rounds.stream().mapToDouble(r -> r.second.perSecond()).toArray()),
        median(rounds.stream().mapToDouble(Round::ratio).toArray()),
        median(rounds.stream().mapToDouble(r -> r.first.serverNanosPerRequest()).toArray()),
        median(rounds.stream().mapToDouble(r -> r.second.serverNanosPerRequest()).toArray()),
        median(
            rounds.stream()
                .mapToDouble(
                    r -> r.first.serverNanosPerRequest() / r.second.serverNanosPerRequest())
                .toArray()),
        median(rounds.stream().mapToDouble(r -> r.first.perSecond() / r.copies).toArray()),
        typical.first,
        typical.second);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}

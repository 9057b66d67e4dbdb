package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.os.sandbox.LayerState;
import io.famfs.os.sandbox.PathAccess;
import io.famfs.os.sandbox.Sandbox;
import io.famfs.os.sandbox.SandboxSettings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/// The options to be told how a server would be locked in here, instead of starting it.
final class PrintSandboxOption {
  // As an option for help, it makes those that are required dispensable.
  @Option(
      names = "--print-sandbox",
      help = true,
      description =
          "Print what would be in force here, and why something would not; serve nothing.")
  private boolean wanted;

  @Option(names = "--json", description = "With --print-sandbox: as JSON.")
  private boolean json;

  boolean wanted() {
    if (json && !wanted) {
      throw CliException.misuse("--json needs --print-sandbox");
    }
    return wanted;
  }

  void print(PrintWriter out, SandboxSettings settings) {
    List<LayerState> plan = Sandbox.plan(settings);
    List<PathAccess> paths =
        settings.paths().stream().filter(path -> Files.exists(path.path())).toList();
    if (json) {
      out.println(json(plan, paths));
    } else {
      for (LayerState state : plan) {
        String holds = state.inForce() ? "yes" : "no";
        out.printf("%-13s %-4s %s%n", state.layer().label(), holds, state.detail());
      }
      for (PathAccess path : paths) {
        out.printf("  %-11s %s%n", kind(path), path.path());
      }
    }
    out.flush();
  }

  private static String json(List<LayerState> plan, List<PathAccess> paths) {
    StringBuilder text = new StringBuilder();
    JsonWriter writer = new JsonWriter(text).beginObject().name("layers").beginArray();
    for (LayerState state : plan) {
      writer
          .beginObject()
          .name("layer")
          .value(state.layer().label())
          .name("inForce")
          .value(state.inForce())
          .name("detail")
          .value(state.detail())
          .endObject();
    }
    writer.endArray().name("paths").beginArray();
    for (PathAccess path : paths) {
      writer
          .beginObject()
          .name("path")
          .value(path.path().toString())
          .name("access")
          .value(kind(path))
          .endObject();
    }
    writer.endArray().endObject();
    return text.toString();
  }

  private static String kind(PathAccess path) {
    return path.kind().name().toLowerCase(Locale.ROOT);
  }
}

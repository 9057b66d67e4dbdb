package io.famfs.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a demonstration says while it runs, and what it has to answer for at its end.
final class DemoLog {
  private final PrintWriter out;
  private final List<String> skipped = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private int proved;

  DemoLog(PrintWriter out) {
    this.out = out;
  }

  /// Something that happens, or a fact.
  void say(String step, String text) {
    out.println(String.format(Locale.ROOT, "  %-8s %s", step, text));
    out.flush();
  }

  /// A claim that was checked just now.
  void prove(String step, boolean holds, String claim) {
    if (holds) {
      proved++;
      say(step, claim);
    } else {
      failed.add(claim);
      say(step, "FAILED: " + claim);
    }
  }

  void skip(String step, String why) {
    skipped.add(step);
    say(step, "skipped: " + why);
  }

  /// The last line; returns whether every claim held.
  boolean conclude() {
    String tail = skipped.isEmpty() ? "nothing skipped" : "skipped: " + String.join(", ", skipped);
    if (failed.isEmpty()) {
      out.println(proved + " claims checked, all hold; " + tail);
    } else {
      out.println(failed.size() + " of " + (failed.size() + proved) + " claims FAILED; " + tail);
    }
    out.flush();
    return failed.isEmpty();
  }
}

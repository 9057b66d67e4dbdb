package io.famfs.fuse.metrics;

import java.io.IOException;
import java.util.List;

/// Prometheus' text format, version 0.0.4: lines of UTF-8, each family with its `HELP` and `TYPE`.
final class PrometheusText {
  /// What a response that carries the format says of it.
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double EXACT_INTEGERS = 1L << 53;

  private final Appendable out;

  PrometheusText(Appendable out) {
    this.out = out;
  }

  /// Writes a family; one without values has its two lines of comment only.
  void write(Family family, List<Samples.Sample> samples) throws IOException {
    out.append("# HELP ").append(family.name()).append(' ');
    escape(family.help(), false);
    out.append("\n# TYPE ").append(family.name()).append(' ');
    out.append(family.kind().word()).append('\n');
    for (Samples.Sample sample : samples) {
      out.append(family.name()).append(sample.suffix());
      labels(sample.labels());
      out.append(' ').append(number(sample.value())).append('\n');
    }
  }

  private void labels(List<String> labels) throws IOException {
    for (int i = 0; i < labels.size(); i += 2) {
      out.append(i == 0 ? "{" : ",").append(labels.get(i)).append("=\"");
      escape(labels.get(i + 1), true);
      out.append('"');
    }
    if (!labels.isEmpty()) {
      out.append('}');
    }
  }

  /// Backslash and line feed are escaped everywhere, quotes in labels.
  private void escape(String text, boolean quoted) throws IOException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '"' -> out.append(quoted ? "\\\"" : "\"");
        default -> out.append(c);
      }
    }
  }

  /// A number as the format wants it: integers without a point, infinity and NaN by name.
  static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == Math.rint(value) && Math.abs(value) < EXACT_INTEGERS) {
      return Long.toString((long) value);
    }
    return Double.toString(value);
  }
}

package io.famfs.fuse.metrics;

import java.io.IOException;
import java.util.Map;

/// Something an endpoint shows.
///
/// @param contentType what it is, as HTTP names it
/// @param source makes it
public record Page(String contentType, Source source) {

  /// Makes a page.
  @FunctionalInterface
  public interface Source {
    /// Writes the page.
    ///
    /// @param query what is behind the question mark, by name
    /// @throws IllegalArgumentException for a query that is no good, with the reason
    void write(Map<String, String> query, Appendable out) throws IOException;
  }

  /// All metrics in Prometheus' text format.
  public static Page of(Metrics metrics) {
    return new Page(PrometheusText.CONTENT_TYPE, (_, out) -> metrics.write(out));
  }

  String render(Map<String, String> query) throws IOException {
    StringBuilder out = new StringBuilder();
    source.write(query, out);
    return out.toString();
  }
}

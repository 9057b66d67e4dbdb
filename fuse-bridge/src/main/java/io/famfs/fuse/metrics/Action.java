package io.famfs.fuse.metrics;

import java.io.IOException;
import java.util.Map;

/// Something an endpoint does when it is told to, by POST: changes of a server that runs.
@FunctionalInterface
public interface Action {

  /// Does it. Runs in a thread of its own and may take seconds.
  ///
  /// @param query what is behind the question mark, by name
  /// @return what is answered, as JSON
  /// @throws IllegalArgumentException for a query that is no good, with the reason
  /// @throws IOException when it cannot be done, with the reason
  String run(Map<String, String> query) throws IOException;
}

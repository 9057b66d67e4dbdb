package io.famfs.fuse.server;

import org.jspecify.annotations.Nullable;

/// Where a file system tells what has changed, so that clients that remember otherwise can be told.
/// Every method returns at once; what cannot be kept for a client until it is told makes it forget
/// more.
///
/// New names need not be told: no client remembers that a name is missing.
public interface Changes {

  /// Tells nobody.
  Changes UNHEARD =
      new Changes() {
        @Override
        public void attributes(long nodeid, @Nullable Client by) {}

        @Override
        public void gone(Entry entry, @Nullable Client by) {}
      };

  /// A name that means nothing any more, or something else.
  ///
  /// @param parent nodeid of the directory
  /// @param name the name in it
  /// @param nodeid what it was the name of
  record Entry(long parent, String name, long nodeid) {}

  /// Attributes have changed. Takes no lock and allocates nothing.
  ///
  /// @param by the client that did it and knows; null when it was none
  void attributes(long nodeid, @Nullable Client by);

  /// A name was removed or given to something else.
  void gone(Entry entry, @Nullable Client by);
}

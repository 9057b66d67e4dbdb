package io.famfs.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// The volumes that the arguments of one command point into, each opened once.
final class OpenTrees implements AutoCloseable {

  /// How a volume is opened.
  @FunctionalInterface
  interface Opener {
    Tree open(Location location) throws IOException;
  }

  private final Opener opener;
  private final Map<Object, Tree> open = new LinkedHashMap<>();

  OpenTrees(Opener opener) {
    this.opener = opener;
  }

  /// The volume of a location.
  Tree at(Location location) throws IOException {
    Object key = location.mount() == null ? location.devices() : location.mount();
    Tree tree = open.get(key);
    if (tree == null) {
      tree = opener.open(location);
      open.put(key, tree);
    }
    return tree;
  }

  @Override
  public void close() throws IOException {
    for (Tree tree : open.values()) {
      tree.close();
    }
  }
}

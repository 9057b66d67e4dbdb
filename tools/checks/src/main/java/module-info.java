/** Checks over the whole tree, all of them tests. */
@org.jspecify.annotations.NullMarked
module io.famfs.checks {
  requires static org.jspecify;
}

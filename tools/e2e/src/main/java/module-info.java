/** The guest harness. */
@org.jspecify.annotations.NullMarked
module io.famfs.e2e {
  requires static transitive org.jspecify;
  requires io.famfs.dax;
}

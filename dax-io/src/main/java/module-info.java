/** All native access of the project. */
@org.jspecify.annotations.NullMarked
module io.famfs.dax {
  requires static transitive org.jspecify;
  requires transitive io.famfs.core;

  exports io.famfs.dax;
  exports io.famfs.os;
  exports io.famfs.os.handover;
  exports io.famfs.os.sandbox;
}
